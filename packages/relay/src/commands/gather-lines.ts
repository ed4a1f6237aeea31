import type { PieceSink } from './piece-sink.ts';

export interface GatherLinesOptions {
  /** Told for every line that is lost: `null` where too much waited already, else the error of its piece. */
  readonly onLost: (lines: number, error: Error | null) => void;
  /** A line waits at most so long before it is written, where nothing else is in the way. */
  readonly delayMs?: number;
  /** Lines are gathered up to this length, in UTF-16 units, and written together. */
  readonly pieceLength?: number;
  /** So much waits, what is being written included; what comes while that is full is lost. */
  readonly maxWaitingLength?: number;
}

export interface GatheredLines {
  /** Takes a line, with its line feed. Never throws, never waits. */
  write(line: string): void;
  /** For a process that ends now: hands over what can be written at once. */
  writeLast(): void;
  /** Writes what waits, for `timeoutMs` at most: what nobody has taken until then is lost, and told of. */
  close(options?: { readonly timeoutMs?: number }): Promise<void>;
}

interface Piece {
  readonly text: string;
  readonly lines: number;
}

/** Gathers lines and writes them in pieces, one after another: a call to the system for every line would cost more than the line. */
export function gatherLines(sink: PieceSink, options: GatherLinesOptions): GatheredLines {
  const { onLost, delayMs = 200, pieceLength = 65_536, maxWaitingLength = 1_048_576 } = options;
  /** Full pieces, oldest first. */
  const full: Piece[] = [];
  let text = '';
  let lines = 0;
  let waitingLength = 0;
  let writing: Piece | null = null;
  let timer: NodeJS.Timeout | null = null;
  let isClosed = false;
  let onEmpty: (() => void) | null = null;

  function fill(): void {
    if (lines === 0) return;
    full.push({ text, lines });
    text = '';
    lines = 0;
  }

  function write(line: string): void {
    if (isClosed || waitingLength + line.length > maxWaitingLength) {
      onLost(1, null);
      return;
    }
    if (text.length + line.length > pieceLength) fill();
    text += line;
    lines++;
    waitingLength += line.length;
    goOn();
  }

  function goOn(): void {
    if (writing) return;
    if (full.length > 0) writeNext();
    else if (lines > 0) timer ??= setTimeout(flush, delayMs).unref();
    else onEmpty?.();
  }

  function flush(): void {
    fill();
    writeNext();
  }

  function writeNext(): void {
    if (timer) clearTimeout(timer);
    timer = null;
    const piece = full.shift();
    if (!piece) return;
    writing = piece;
    sink.write(piece.text, (error) => {
      // It may come after all was given up.
      if (writing !== piece) return;
      writing = null;
      waitingLength -= piece.text.length;
      if (error) onLost(piece.lines, error);
      if (onEmpty) fill();
      goOn();
    });
  }

  function takeAll(): Piece {
    fill();
    const all = full.splice(0);
    return {
      text: all.map((piece) => piece.text).join(''),
      lines: all.reduce((sum, piece) => sum + piece.lines, 0),
    };
  }

  return {
    write,
    writeLast: () => {
      const { text: rest } = takeAll();
      // What is being written may stand in the middle of a line.
      if (!isClosed && !writing && rest !== '') sink.writeLast(rest);
      isClosed = true;
    },
    close: async ({ timeoutMs = 1_000 } = {}) => {
      if (isClosed) return;
      await new Promise<void>((resolve) => {
        const deadline = setTimeout(resolve, timeoutMs);
        onEmpty = () => {
          clearTimeout(deadline);
          resolve();
        };
        fill();
        goOn();
      });
      isClosed = true;
      const lost = takeAll().lines + (writing?.lines ?? 0);
      writing = null;
      sink.close();
      if (lost > 0) onLost(lost, null);
    },
  };
}
