import { type ErrorCode, isAbortError, isOrillaError, type PrivacyLabel } from '@orilla/contract';
import type { ModelFit } from '../models/model-fit.ts';

/** Errors that mean the same to the reader of the page share one text. */
export type ErrorKind =
  | 'unsupported'
  | 'insecure'
  | 'unknownModel'
  | 'badPackage'
  | 'badSignature'
  | 'badCatalog'
  | 'modelUnreachable'
  | 'noStorage'
  | 'storageFull'
  | 'damagedDownload'
  | 'badArchive'
  | 'downloadStopped'
  | 'loadFailed'
  | 'engineFailed'
  | 'contextExceeded'
  | 'workerDied'
  | 'deviceOnly'
  | 'deviceTooLarge'
  | 'deviceTooLong'
  | 'nowhere'
  | 'serverUnreachable'
  | 'serverRefused'
  | 'serverNeedsKey'
  | 'serverForbidsPage'
  | 'serverModelDown'
  | 'serverSlow'
  | 'serverBusy'
  | 'serverFailed'
  | 'questionTooLarge'
  | 'brokenAnswer'
  | 'unexpected';

const kinds = {
  'capability.unsupported': 'unsupported',
  'capability.insecure-context': 'insecure',
  'catalog.unknown-model': 'unknownModel',
  'catalog.bad-catalog': 'badCatalog',
  'catalog.bad-manifest': 'badPackage',
  'catalog.bad-signature': 'badSignature',
  'catalog.unreachable': 'modelUnreachable',
  'storage.unavailable': 'noStorage',
  'storage.quota-exceeded': 'storageFull',
  'storage.corrupt-chunk': 'damagedDownload',
  'storage.bad-archive': 'badArchive',
  'storage.download-failed': 'downloadStopped',
  'engine.load-failed': 'loadFailed',
  'engine.failed': 'engineFailed',
  'engine.device-lost': 'engineFailed',
  'engine.crashed': 'engineFailed',
  'engine.out-of-memory': 'deviceTooLarge',
  'engine.busy': 'engineFailed',
  'engine.context-exceeded': 'contextExceeded',
  'engine.worker-died': 'workerDied',
  'routing.privacy-forbids': 'deviceOnly',
  'routing.nowhere': 'nowhere',
  'relay.unreachable': 'serverUnreachable',
  'relay.rejected': 'serverRefused',
  'relay.unauthorized': 'serverNeedsKey',
  'relay.forbidden-origin': 'serverForbidsPage',
  'relay.wrong-host': 'serverForbidsPage',
  'relay.no-upstream': 'serverModelDown',
  'relay.upstream-unreachable': 'serverModelDown',
  'relay.upstream-failed': 'serverModelDown',
  'relay.upstream-timeout': 'serverSlow',
  'relay.rate-limited': 'serverBusy',
  'relay.overloaded': 'serverBusy',
  'relay.not-implemented': 'serverRefused',
  'relay.failed': 'serverFailed',
  'protocol.bad-json': 'serverRefused',
  'protocol.bad-request': 'serverRefused',
  'protocol.bad-privacy-header': 'serverRefused',
  'protocol.unknown-route': 'serverFailed',
  'protocol.wrong-method': 'serverFailed',
  'protocol.wrong-content-type': 'serverFailed',
  'protocol.too-large': 'questionTooLarge',
  'protocol.slow-sender': 'serverSlow',
  'protocol.broken-stream': 'brokenAnswer',
} as const satisfies Record<ErrorCode, ErrorKind>;

/** What the page keeps of an error: enough for a card, and nothing that a stack would show. */
export interface ShownError {
  readonly kind: ErrorKind;
  readonly code: string;
  /** The library's own sentence, in English; `null` for what is not ours. */
  readonly message: string | null;
  readonly isRetryable: boolean;
}

/**
 * With the label `device` a question that has no place here has no place at all: the card then says that nothing left, and what
 * stood in the way. `fit` is whether this device could run the model at all; where it could, the question was too long.
 */
export function toShownError(error: unknown, label: PrivacyLabel, fit: ModelFit | null = null): ShownError {
  if (!isOrillaError(error)) {
    const name = error instanceof Error && !isAbortError(error) ? error.name : 'Error';
    return { kind: 'unexpected', code: name, message: null, isRetryable: true };
  }
  const kind = kinds[error.code];
  const hasNoPlace = kind === 'nowhere' || kind === 'contextExceeded' || kind === 'deviceOnly';
  return {
    kind: label === 'device' && hasNoPlace ? deviceKind(error.code, fit) : kind,
    code: error.code,
    message: error.message,
    isRetryable: error.isRetryable,
  };
}

function deviceKind(code: ErrorCode, fit: ModelFit | null): ErrorKind {
  if (code === 'engine.context-exceeded' || fit?.verdict === 'fits') return 'deviceTooLong';
  return fit?.reason.verdict === 'too-large' ? 'deviceTooLarge' : 'deviceOnly';
}
