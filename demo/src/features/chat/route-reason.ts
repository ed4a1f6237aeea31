import type { PromptTokens, RouteReason } from '@orilla/contract';
import type { Dictionary } from '../../i18n/dictionary.ts';

/** The one reason that a reader wants to know of an answer from the server: what kept it from this device. */
export function mainReason(reasons: readonly RouteReason[], { reason: words }: Dictionary): string | null {
  for (const reason of reasons.toReversed()) {
    switch (reason.verdict) {
      case 'too-large':
        return words.tooLarge;
      case 'too-long':
        return words.tooLong;
      case 'no-device-package':
        return words.noDevicePackage;
      case 'device-unavailable':
        return words.deviceUnavailable;
      case 'device-failed':
        return words.deviceFailed;
      case 'set-aside':
        return words.setAside;
      case 'other-task':
        return words.otherTask[reason.task];
      case 'unsupported':
        return words.unsupported;
    }
  }
  return null;
}

/** Every reason in a sentence of its own, with its numbers, for the receipt. */
export function describeReason(reason: RouteReason, dictionary: Dictionary): string {
  const { reason: words, privacy } = dictionary;
  switch (reason.verdict) {
    case 'device-only':
      return words.deviceOnly;
    case 'relay-allowed':
      return words.relayAllowed(privacy.labels[reason.label]);
    case 'no-device-package':
      return words.noDevicePackage;
    case 'device-unavailable':
      return `${words.deviceUnavailable} (${reason.missing})`;
    case 'device-failed':
      return `${words.deviceFailed} (${reason.code})`;
    case 'set-aside':
      return `${words.setAside} (${reason.engine}, ${reason.code})`;
    case 'other-task':
      return words.otherTask[reason.task];
    case 'fastest':
      return words.fastest(reason.expectedMs / 1000, reason.nextMs / 1000);
    case 'kept-open':
      return words.keptOpen(reason.expectedMs / 1000, reason.fastestMs / 1000);
    case 'unsupported':
      return `${words.unsupported} (${reason.feature})`;
    case 'no-relay':
      return words.noRelay;
    case 'can-run':
      return words.canRun;
    case 'too-large':
      return words.tooLargeDetail(reason.needBytes, reason.haveBytes);
    case 'too-long':
      return words.contextTooLong(...tokensOf(reason.promptTokens), reason.maxTokens, reason.contextLength);
    case 'fits':
      return reason.rule === 'fit'
        ? words.fits(reason.needBytes, reason.haveBytes)
        : words.contextFits(...tokensOf(reason.promptTokens), reason.maxTokens, reason.contextLength);
  }
}

function tokensOf(prompt: PromptTokens): [count: number, isBound: boolean] {
  return 'exact' in prompt ? [prompt.exact, false] : [prompt.upperBound, true];
}
