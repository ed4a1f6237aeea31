import type { ErrorCode } from '@orilla/contract';

/**
 * Everything the relay ever logs about its work. No field can hold a prompt, an answer, a header or a key: texts are
 * names from the configuration, words from closed lists, and ids that the relay made up itself.
 */
export type RelayEvent =
  | {
      readonly event: 'request';
      readonly requestId: string;
      /** The path as it stands in the route table, or `null` where it is in none. */
      readonly route: string | null;
      readonly status: number;
      /** From the request's headers to the end of the answer. */
      readonly ms: number;
      /** Whether the whole answer was sent; `false` where the client or the relay closed the connection before. */
      readonly isComplete: boolean;
      /** Name of the key in the configuration. */
      readonly key: string | null;
      readonly upstream: string | null;
      readonly upstreamStatus: number | null;
      readonly code: ErrorCode | null;
    }
  /** A connection that sent no request that could be read. */
  | { readonly event: 'bad-connection'; readonly reason: string }
  | { readonly event: 'connections-refused'; readonly count: number }
  | { readonly event: 'upstream-unreachable'; readonly upstream: string; readonly reason: string }
  | { readonly event: 'upstream-launched'; readonly upstream: string; readonly ms: number }
  | { readonly event: 'upstream-not-started'; readonly upstream: string; readonly code: ErrorCode | null }
  | { readonly event: 'upstream-exited'; readonly upstream: string; readonly nextStartMs: number | null }
  | { readonly event: 'upstream-says'; readonly upstream: string; readonly text: string }
  /** The bucket of the mirror could not be asked; `reason` is S3's own word or the system's. */
  | { readonly event: 'mirror-unreachable'; readonly reason: string }
  /** A manifest of the mirror names files that its bucket doesn't have, or has with another size. */
  | {
      readonly event: 'mirror-incomplete';
      readonly package: string;
      readonly missing: number;
      readonly differing: number;
    }
  | { readonly event: 'listening'; readonly host: string; readonly port: number }
  | { readonly event: 'draining'; readonly active: number }
  | { readonly event: 'closed'; readonly cut: number }
  /** A mistake in the relay. The error's message may quote what it was working on, so only its name and place are told. */
  | { readonly event: 'internal-error'; readonly requestId: string | null; readonly name: string; readonly at: string };

export type LogLevel = 'info' | 'warn' | 'error';

/** Where events go, by their level: `createJsonLogger`'s, or any logger that takes an object. */
export type RelayLogger = Readonly<Record<LogLevel, (event: RelayEvent) => void>>;

/** Writes one event. */
export type RelayLog = (level: LogLevel, event: RelayEvent) => void;

export function createRelayLog(logger: RelayLogger): RelayLog {
  return (level, event) => logger[level](event);
}

/** What may be told about an error that nobody expected. */
export function internalError(error: unknown, requestId: string | null): RelayEvent {
  if (!(error instanceof Error)) return { event: 'internal-error', requestId, name: typeof error, at: '' };
  const frames = stackBelowMessage(error).split('\n');
  const at = frames.filter((frame) => /^ {4}at /.test(frame)).slice(0, 5);
  return { event: 'internal-error', requestId, name: error.name, at: at.map((frame) => frame.trim()).join(' | ') };
}

/** A line of the message may look like a place, so all of it goes first. Where it no longer stands there, nobody knows where it ends. */
function stackBelowMessage({ name, message, stack = '' }: Error): string {
  const header = `${message || name}\n`;
  const start = stack.indexOf(header);
  return start === -1 || stack.slice(0, start).includes('\n') ? '' : stack.slice(start + header.length);
}

/** A system's or library's own word for a failure, e.g. `ECONNREFUSED`; `unknown` for what is likely a mistake of the relay's. */
export function failureReason(error: unknown): string {
  if (typeof error !== 'object' || error === null) return 'unknown';
  if ('code' in error && typeof error.code === 'string' && /^[A-Z0-9_]{1,60}$/.test(error.code)) return error.code;
  // undici gives what is no HTTP a name, and not always a code.
  return 'name' in error && error.name === 'HTTPParserError' ? 'HTTP_PARSER' : 'unknown';
}
