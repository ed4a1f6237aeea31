import { type ErrorCode, type ErrorFamily, errorCodes, familyOf } from './error-codes.ts';

/** Errors are known by this marker, not by `instanceof`: a page may hold two copies of this package. */
const marker = Symbol.for('orilla.error');

export interface OrillaErrorOptions {
  /** What the reader can do about it, as a sentence. */
  readonly advice?: string | undefined;
  /** The request field at fault, in OpenAI's sense of `param`. */
  readonly param?: string | undefined;
  readonly cause?: unknown;
}

/** The one error that Orilla raises. `message` says what happened and why, `advice` what to do next; neither ever holds a prompt. */
export class OrillaError extends Error {
  override readonly name = 'OrillaError';
  readonly [marker] = true;
  readonly code: ErrorCode;
  readonly advice: string | undefined;
  readonly param: string | undefined;

  constructor(code: ErrorCode, message: string, options: OrillaErrorOptions = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.code = code;
    this.advice = options.advice;
    this.param = options.param;
  }

  get family(): ErrorFamily {
    return familyOf(this.code);
  }

  get isRetryable(): boolean {
    return errorCodes[this.code].isRetryable;
  }

  /** The HTTP status that this error has on the wire. */
  get status(): number {
    return errorCodes[this.code].status;
  }
}

export function isOrillaError(value: unknown): value is OrillaError {
  return typeof value === 'object' && value !== null && marker in value;
}

/** An abort is always a plain `AbortError`, whoever raised it. */
export function isAbortError(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'name' in value && value.name === 'AbortError';
}

/** What to throw when `signal` aborted: its reason where that is an error, else an `AbortError`. */
export function abortReason(signal: AbortSignal): unknown {
  return signal.reason ?? new DOMException('The operation was aborted.', 'AbortError');
}
