/** What a command may touch of the process it runs in. */
export interface CommandContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Writes a line for whoever asked: to standard output, and to standard error for what went wrong. */
  readonly print: (line: string) => void;
  readonly complain: (line: string) => void;
  /** Aborted when the process is told to end. */
  readonly signal: AbortSignal;
}

/** Exit codes: done, refused or failed, not understood. */
export type ExitCode = 0 | 1 | 2;
