import { hostname } from 'node:os';
import type { LogLevel, RelayEvent, RelayLogger } from './relay-log.ts';

/** The numbers that log readers know levels by. */
const levelNumbers = { info: 30, warn: 40, error: 50 } satisfies Record<LogLevel, number>;

export interface JsonLoggerOptions {
  /** Milliseconds since the Unix epoch. */
  readonly now?: () => number;
  readonly pid?: number;
  readonly hostname?: string;
}

/**
 * Writes each event as one line of JSON: `level` (30, 40 or 50), `time` in milliseconds since the Unix epoch, `pid`,
 * `hostname`, then the event's own fields.
 * @param write takes a whole line, with its line feed
 */
export function createJsonLogger(write: (line: string) => void, options: JsonLoggerOptions = {}): RelayLogger {
  const { now = Date.now, pid = process.pid, hostname: host = hostname() } = options;
  const origin = `,${JSON.stringify({ pid, hostname: host }).slice(1, -1)},`;
  const at = (level: LogLevel) => {
    const head = `{"level":${levelNumbers[level]},"time":`;
    return (event: RelayEvent) => write(`${head}${now()}${origin}${JSON.stringify(event).slice(1)}\n`);
  };
  return { info: at('info'), warn: at('warn'), error: at('error') };
}
