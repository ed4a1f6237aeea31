import { appendFile, appendFileSync, fstatSync } from 'node:fs';
import { Socket } from 'node:net';

/** Where pieces of text are written, one at a time. */
export interface PieceSink {
  /** `done` is told once, later: that all of it was taken, or why not. */
  write(text: string, done: (error: Error | null | undefined) => void): void;
  /** For a process that ends now: writes what can be written without waiting for a reader. */
  writeLast(text: string): void;
  /** Gives up what is being written, so that the process can end. */
  close(): void;
}

/**
 * A file descriptor of this process as a sink. The system lets a write to a pipe or a socket wait for its reader, on a thread that
 * the process can't end without: these are written as Node's streams do it, which only try. Files take what they get.
 */
export function openPieceSink(fd: number): PieceSink {
  const stat = fstatSync(fd);
  return stat.isFIFO() || stat.isSocket() ? openStream(fd) : openFile(fd);
}

function openStream(fd: number): PieceSink {
  const stream = new Socket({ fd, readable: false, writable: true });
  // Whoever wrote hears of it.
  stream.on('error', () => undefined);
  return {
    write: (text, done) => void stream.write(text, done),
    writeLast: (text) => void stream.write(text),
    close: () => void stream.destroy(),
  };
}

/** Also a terminal and `/dev/null`. */
function openFile(fd: number): PieceSink {
  return {
    write: (text, done) => appendFile(fd, text, done),
    writeLast: (text) => {
      try {
        appendFileSync(fd, text);
      } catch {
        // The disk is full, or the like: there is no later to try again in, and nobody left to tell.
      }
    },
    close: () => undefined,
  };
}
