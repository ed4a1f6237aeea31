import { OrillaError, type RouteReason } from '@orilla/contract';

/** The error for a request that no place may or can take: says which rule stood in the way, and what would help. */
export function nowhereError(reasons: readonly RouteReason[]): OrillaError {
  const isDeviceOnly = reasons.some((reason) => reason.rule === 'privacy' && reason.verdict === 'device-only');
  const obstacle = reasons.findLast((reason) => reason.rule !== 'privacy' && reason.verdict !== 'no-relay');
  const why = obstacle ? describeObstacle(obstacle) : 'the model has no package for a device';
  if (isDeviceOnly) {
    return new OrillaError(
      'routing.privacy-forbids',
      `This request may only run on this device, and it can't: ${why}. Nothing was sent anywhere.`,
      { advice: "Shorten the request or choose a smaller model, or allow your organization's server for it." },
    );
  }
  return new OrillaError(
    'routing.nowhere',
    `This request can't run on this device (${why}), and no relay serves the model.`,
    {
      advice: 'Configure a relay that serves this model, or choose another model.',
    },
  );
}

function describeObstacle(reason: RouteReason): string {
  switch (reason.verdict) {
    case 'too-large':
      return `the model needs ${megabytes(reason.needBytes)} of memory and ${megabytes(reason.haveBytes)} can be used`;
    case 'too-long': {
      const tokens =
        'exact' in reason.promptTokens ? `${reason.promptTokens.exact}` : `up to ${reason.promptTokens.upperBound}`;
      return `the prompt of ${tokens} tokens and ${reason.maxTokens} for the answer are longer than the device's context of ${reason.contextLength}`;
    }
    case 'unsupported':
      return `the device's engine has no ${reason.feature}`;
    case 'device-unavailable':
      return `the device lacks ${reason.missing}`;
    case 'other-task':
      return reason.task === 'embedding' ? 'the model is made for embeddings' : 'the model is made for chats';
    case 'set-aside':
      return `the engine ${reason.engine} failed here twice (${reason.code}) and is left alone for a while`;
    case 'device-failed':
      return `the device failed with ${reason.code}`;
    default:
      return 'the model has no package for a device';
  }
}

const megabytes = (bytes: number): string => `${Math.ceil(bytes / 1e6).toLocaleString('en')} MB`;
