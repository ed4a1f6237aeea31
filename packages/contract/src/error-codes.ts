export type ErrorFamily = 'Capability' | 'Catalog' | 'Storage' | 'Engine' | 'Routing' | 'Relay' | 'Protocol';

/** What one code stands for. `status` is its HTTP status on the wire, `wireCode` the word that OpenAI's clients know it by. */
export interface ErrorCodeFacts {
  readonly status: number;
  readonly isRetryable: boolean;
  readonly wireCode?: string;
}

/** Every error that Orilla can raise. The part before the dot is the family. */
export const errorCodes = {
  'capability.unsupported': { status: 400, isRetryable: false, wireCode: 'unsupported_feature' },
  'capability.insecure-context': { status: 400, isRetryable: false },
  'catalog.unknown-model': { status: 404, isRetryable: false, wireCode: 'model_not_found' },
  'catalog.bad-catalog': { status: 502, isRetryable: false },
  'catalog.bad-manifest': { status: 502, isRetryable: false },
  'catalog.bad-signature': { status: 502, isRetryable: false },
  'catalog.unreachable': { status: 502, isRetryable: true },
  'storage.unavailable': { status: 500, isRetryable: false },
  'storage.quota-exceeded': { status: 507, isRetryable: false },
  'storage.corrupt-chunk': { status: 502, isRetryable: false },
  'storage.bad-archive': { status: 400, isRetryable: false },
  'storage.download-failed': { status: 502, isRetryable: true },
  'engine.load-failed': { status: 500, isRetryable: false },
  'engine.failed': { status: 500, isRetryable: true },
  /** The GPU went away: the engine can be opened anew, and the answer go on. */
  'engine.device-lost': { status: 500, isRetryable: true },
  /** The engine itself came to an end, in its own worker or in WASM. */
  'engine.crashed': { status: 500, isRetryable: true },
  'engine.out-of-memory': { status: 507, isRetryable: false },
  /** Too many requests wait for it already. */
  'engine.busy': { status: 503, isRetryable: true, wireCode: 'device_overloaded' },
  'engine.context-exceeded': { status: 400, isRetryable: false, wireCode: 'context_length_exceeded' },
  'engine.worker-died': { status: 500, isRetryable: true },
  'routing.privacy-forbids': { status: 403, isRetryable: false, wireCode: 'privacy_forbids' },
  'routing.nowhere': { status: 400, isRetryable: false, wireCode: 'no_place_for_request' },
  'relay.unreachable': { status: 502, isRetryable: true },
  'relay.rejected': { status: 400, isRetryable: false },
  'relay.unauthorized': { status: 401, isRetryable: false, wireCode: 'invalid_api_key' },
  'relay.forbidden-origin': { status: 403, isRetryable: false },
  'relay.wrong-host': { status: 421, isRetryable: false },
  'relay.no-upstream': { status: 503, isRetryable: true },
  'relay.upstream-unreachable': { status: 502, isRetryable: true, wireCode: 'upstream_unreachable' },
  'relay.upstream-failed': { status: 502, isRetryable: true, wireCode: 'upstream_failed' },
  'relay.upstream-timeout': { status: 504, isRetryable: true, wireCode: 'upstream_timeout' },
  'relay.rate-limited': { status: 429, isRetryable: true, wireCode: 'rate_limit_exceeded' },
  'relay.overloaded': { status: 503, isRetryable: true, wireCode: 'server_overloaded' },
  'relay.not-implemented': { status: 501, isRetryable: false },
  'relay.failed': { status: 500, isRetryable: false },
  'protocol.bad-json': { status: 400, isRetryable: false, wireCode: 'invalid_json' },
  'protocol.bad-request': { status: 400, isRetryable: false, wireCode: 'invalid_request' },
  'protocol.bad-privacy-header': { status: 400, isRetryable: false, wireCode: 'invalid_privacy' },
  'protocol.unknown-route': { status: 404, isRetryable: false, wireCode: 'unknown_route' },
  'protocol.wrong-method': { status: 405, isRetryable: false },
  'protocol.wrong-content-type': { status: 415, isRetryable: false },
  'protocol.too-large': { status: 413, isRetryable: false },
  'protocol.slow-sender': { status: 408, isRetryable: true },
  'protocol.broken-stream': { status: 502, isRetryable: true },
} as const satisfies Record<`${Lowercase<ErrorFamily>}.${string}`, ErrorCodeFacts>;

export type ErrorCode = keyof typeof errorCodes;

export const isErrorCode = (value: unknown): value is ErrorCode =>
  typeof value === 'string' && Object.hasOwn(errorCodes, value);

const families: readonly ErrorFamily[] = ['Capability', 'Catalog', 'Storage', 'Engine', 'Routing', 'Relay', 'Protocol'];

/** The family is spelled in the code, so that the two can never disagree. */
export function familyOf(code: ErrorCode): ErrorFamily {
  const word = code.slice(0, code.indexOf('.'));
  return families.find((family) => family.toLowerCase() === word) ?? 'Protocol';
}
