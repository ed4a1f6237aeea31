/** What a command may touch of the process it runs in. */
export interface CommandContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Writes a line for whoever asked: to standard output. */
  readonly print: (line: string) => void;
  /** Writes a line to standard error. */
  readonly complain: (line: string) => void;
  /** Where a person watches standard error: writes without ending the line. */
  readonly status: ((text: string) => void) | undefined;
  readonly signal: AbortSignal;
  readonly fetch?: typeof fetch;
}

/** Exit codes: all holds; refused, failed or found faulty; not understood. */
export type ExitCode = 0 | 1 | 2;

/** A command line that isn't understood: its message says what to write instead. */
export class Misunderstood extends Error {}
