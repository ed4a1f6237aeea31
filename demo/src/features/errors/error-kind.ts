import { type ErrorCode, isAbortError, isOrillaError, type PrivacyLabel } from '@orilla/contract';

/** Errors that mean the same to the reader of the page share one text. */
export type ErrorKind =
  | 'unsupported'
  | 'insecure'
  | 'unknownModel'
  | 'badPackage'
  | 'modelUnreachable'
  | 'noStorage'
  | 'storageFull'
  | 'damagedDownload'
  | 'downloadStopped'
  | 'loadFailed'
  | 'engineFailed'
  | 'contextExceeded'
  | 'workerDied'
  | 'deviceOnly'
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
  'catalog.bad-manifest': 'badPackage',
  'catalog.unreachable': 'modelUnreachable',
  'storage.unavailable': 'noStorage',
  'storage.quota-exceeded': 'storageFull',
  'storage.corrupt-chunk': 'damagedDownload',
  'storage.download-failed': 'downloadStopped',
  'engine.load-failed': 'loadFailed',
  'engine.failed': 'engineFailed',
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

/** With the label `device` a question that has no place here has no place at all: the card then says that nothing left. */
export function toShownError(error: unknown, label: PrivacyLabel): ShownError {
  if (!isOrillaError(error)) {
    const name = error instanceof Error && !isAbortError(error) ? error.name : 'Error';
    return { kind: 'unexpected', code: name, message: null, isRetryable: true };
  }
  const kind = kinds[error.code];
  const hasNoPlace = kind === 'nowhere' || kind === 'contextExceeded';
  return {
    kind: label === 'device' && hasNoPlace ? 'deviceOnly' : kind,
    code: error.code,
    message: error.message,
    isRetryable: error.isRetryable,
  };
}
