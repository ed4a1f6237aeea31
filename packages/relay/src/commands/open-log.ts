import { failureReason } from '../http/relay-log.ts';
import type { CommandContext } from './command.ts';
import { gatherLines } from './gather-lines.ts';
import { openPieceSink } from './piece-sink.ts';

export interface OpenLogOptions extends Pick<CommandContext, 'complain'> {
  /** The file descriptor: standard output. */
  readonly fd?: number;
}

export interface OpenLog {
  /** Takes a line, with its line feed. */
  readonly write: (line: string) => void;
  /** Writes what waits; who reads it has a second to take it. */
  close(): Promise<void>;
}

/** The relay's log, on standard output. Nobody waits for a reader that stands still: lines that have no room are dropped, counted, and told of. */
export function openLog({ complain, fd = 1 }: OpenLogOptions): OpenLog {
  let dropped = 0;
  const gathered = gatherLines(openPieceSink(fd), {
    onLost: (lines, error) => {
      if (dropped === 0) complain(error ? unwritable(error) : untaken);
      dropped += lines;
    },
  });
  // A second ^C, or a mistake of ours, ends the process without asking.
  const onExit = () => gathered.writeLast();
  process.once('exit', onExit);
  return {
    write: gathered.write,
    close: async () => {
      await gathered.close();
      process.off('exit', onExit);
      if (dropped > 0) complain(`${dropped} lines of the log were dropped.`);
    },
  };
}

const untaken = 'Nobody takes the log from standard output. Lines that come until that changes are dropped.';

const unwritable = (error: Error): string =>
  `The log can't be written to standard output (${failureReason(error)}). Lines that come until that changes are dropped.`;
