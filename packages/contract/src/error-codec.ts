import { isAbortError, isOrillaError, OrillaError } from './error.ts';
import { type ErrorCode, isErrorCode } from './error-codes.ts';

/** An error as it crosses a worker's edge: plain data that survives a structured clone. */
export type EncodedError =
  | { readonly kind: 'abort'; readonly message: string }
  | {
      readonly kind: 'orilla';
      readonly code: ErrorCode;
      readonly message: string;
      readonly advice?: string;
      readonly param?: string;
      readonly stack?: string;
      readonly cause?: EncodedError;
    }
  | { readonly kind: 'other'; readonly name: string; readonly message: string; readonly stack?: string };

/** Causes are followed this deep, so that a cycle of causes ends. */
const maxCauseDepth = 4;

export function encodeError(error: unknown, depth = 0): EncodedError {
  if (isAbortError(error)) return { kind: 'abort', message: messageOf(error) };
  if (isOrillaError(error)) {
    const { code, message, advice, param, stack, cause } = error;
    return {
      kind: 'orilla',
      code,
      message,
      ...(advice !== undefined && { advice }),
      ...(param !== undefined && { param }),
      ...(stack !== undefined && { stack }),
      ...(cause !== undefined && depth < maxCauseDepth && { cause: encodeError(cause, depth + 1) }),
    };
  }
  const stack = error instanceof Error ? error.stack : undefined;
  const name = error instanceof Error ? error.name : 'Error';
  return { kind: 'other', name, message: messageOf(error), ...(stack !== undefined && { stack }) };
}

export function decodeError(encoded: EncodedError): Error {
  switch (encoded.kind) {
    case 'abort':
      return new DOMException(encoded.message, 'AbortError');
    case 'orilla': {
      const code = isErrorCode(encoded.code) ? encoded.code : 'engine.failed';
      const { advice, param, cause } = encoded;
      const error = new OrillaError(code, encoded.message, { advice, param, cause: cause && decodeError(cause) });
      if (encoded.stack !== undefined) error.stack = encoded.stack;
      return error;
    }
    case 'other': {
      const error = new Error(encoded.message);
      error.name = encoded.name;
      if (encoded.stack !== undefined) error.stack = encoded.stack;
      return error;
    }
  }
}

function messageOf(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'message' in error) return String(error.message);
  return String(error);
}
