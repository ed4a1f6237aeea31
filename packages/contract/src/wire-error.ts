import { OrillaError } from './error.ts';
import { type ErrorCode, errorCodes } from './error-codes.ts';

/** An error in OpenAI's shape, as it stands in an HTTP body or in a stream's `data:` line. */
export interface WireError {
  readonly error: {
    readonly message: string;
    readonly type: string;
    readonly param: string | null;
    readonly code: string | null;
  };
}

/** OpenAI's word for the kind of error behind an HTTP status. */
export function wireErrorType(status: number): string {
  switch (status) {
    case 401:
      return 'authentication_error';
    case 403:
      return 'permission_error';
    case 404:
      return 'not_found_error';
    case 429:
      return 'rate_limit_error';
    default:
      return status >= 500 ? 'server_error' : 'invalid_request_error';
  }
}

export function toWireError(error: OrillaError): WireError {
  const facts: { status: number; wireCode?: string } = errorCodes[error.code];
  return {
    error: {
      message: error.advice === undefined ? error.message : `${error.message} ${error.advice}`,
      type: wireErrorType(facts.status),
      param: error.param ?? null,
      code: facts.wireCode ?? error.code,
    },
  };
}

/**
 * Rebuilds an error that a relay sent. Its message was written by the relay for the caller, so it is kept;
 * the code comes from the wire code where that is ours, else from the status.
 */
export function fromWireError(status: number, body: unknown): OrillaError {
  const { message, code, param } = readWireError(body);
  return new OrillaError(codeOf(status, code), message ?? `The relay answered with status ${status}.`, { param });
}

function codeOf(status: number, wireCode: string | undefined): ErrorCode {
  if (wireCode !== undefined) {
    for (const [code, facts] of Object.entries(errorCodes) as [ErrorCode, { wireCode?: string }][]) {
      if (facts.wireCode === wireCode || code === wireCode) return code; // Object.entries widens the keys of a closed record
    }
  }
  if (status === 401) return 'relay.unauthorized';
  if (status === 429) return 'relay.rate-limited';
  if (status === 503) return 'relay.overloaded';
  return status >= 500 ? 'relay.upstream-failed' : 'relay.rejected';
}

/** Whether a chunk of a stream is an error and no chunk. Some servers say `error: null` where there is none. */
export function holdsWireError(chunk: object): boolean {
  return 'error' in chunk && chunk.error !== null && chunk.error !== undefined;
}

function readWireError(body: unknown): { message?: string; code?: string; param?: string } {
  if (typeof body !== 'object' || body === null || !('error' in body)) return {};
  const { error } = body;
  if (typeof error === 'string') return { message: error };
  if (typeof error !== 'object' || error === null) return {};
  return {
    ...('message' in error && typeof error.message === 'string' && { message: error.message }),
    ...('code' in error && typeof error.code === 'string' && { code: error.code }),
    ...('param' in error && typeof error.param === 'string' && { param: error.param }),
  };
}
