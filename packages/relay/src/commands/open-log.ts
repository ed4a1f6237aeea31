import { pino } from 'pino';
import type { CommandContext } from './command.ts';

/** At most so much of the log is gathered, and for so long. */
const pieceBytes = 4_096;
const delayMs = 500;
/** So much waits for whoever reads the log; what comes while that is full is dropped. */
const maxWaitingBytes = 1024 * 1024;

export interface OpenLog {
  readonly destination: ReturnType<typeof pino.destination>;
  /** Writes what waits. */
  close(): void;
}

/** The relay's log, on standard output. Nobody waits for a reader that stands still: lines that have no room are dropped, counted, and told of. */
export function openLog({ complain }: Pick<CommandContext, 'complain'>): OpenLog {
  // Written in pieces and not line by line, which would cost more than half of forwarding a request does.
  const options = { dest: 1, sync: false, minLength: pieceBytes, periodicFlush: delayMs, maxLength: maxWaitingBytes };
  const destination = pino.destination(options);
  let dropped = 0;
  destination.on('drop', () => {
    dropped++;
    if (dropped === 1)
      complain('Nobody takes the log from standard output. Lines that come until that changes are dropped.');
  });
  const close = () => {
    destination.flushSync();
    if (dropped > 0) complain(`${dropped} lines of the log were dropped, because nobody took them.`);
  };
  return { destination, close };
}
