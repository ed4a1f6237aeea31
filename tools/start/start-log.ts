import type { RelayOptions } from '@orilla/relay';

/** The relay's log for a person at a terminal: what is worth their attention, one line each; requests are not. */
export function createStartLog(write: (line: string) => void): RelayOptions['logger'] {
  const tell = (level: string) => (event: unknown) => write(`${level}: ${JSON.stringify(event)}`);
  return { info: () => undefined, warn: tell('warning'), error: tell('error') };
}
