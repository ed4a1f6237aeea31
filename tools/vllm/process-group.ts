import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** How a program ended: with an exit code, or by a signal. */
export type ProcessEnd = { exitCode: number } | { killedBy: NodeJS.Signals };

export interface ProcessGroupOptions {
  env?: NodeJS.ProcessEnv;
  /** Given every line of both output streams. */
  onLine?: (line: string) => void;
  /** How many of the last lines are kept for a report. */
  keepLines?: number;
  /** What the program leaves behind may live on for this long after it, to clean up; then it is killed. */
  lingerMs?: number;
}

/** A program and everything that it starts, which live and end together. */
export interface ProcessGroup {
  /** Of the program itself, and of the group. */
  readonly pid: number;
  /** Settles, and never rejects, when the program and all that it started are gone. */
  readonly ended: Promise<ProcessEnd>;
  /** The last lines of both output streams, oldest first. */
  lastLines(): readonly string[];
  /** Asks the program to end (SIGTERM), kills the whole group after `graceMs`, and resolves when all are gone. */
  stop(options?: { graceMs?: number }): Promise<ProcessEnd>;
}

/**
 * Starts a program as the leader of its own process group: a terminal's ^C reaches only us, and nothing that the
 * program starts is forgotten.
 * @throws Error when there is no such program.
 */
export async function startProcessGroup(
  command: string,
  args: readonly string[],
  { env = process.env, onLine = () => undefined, keepLines = 20, lingerMs = 2000 }: ProcessGroupOptions = {},
): Promise<ProcessGroup> {
  const child = spawn(command, args, { env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const lines: string[] = [];
  for (const input of [child.stdout, child.stderr]) {
    createInterface({ input }).on('line', (line) => {
      lines.push(line);
      if (lines.length > keepLines) lines.shift();
      onLine(line);
    });
  }
  const ended = watchEnd(child, lingerMs);
  await once(child, 'spawn');
  const pid = pidOf(child);
  return {
    pid,
    ended,
    lastLines: () => lines,
    async stop({ graceMs = 15_000 } = {}) {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
      const kill = setTimeout(() => killGroup(pid), graceMs);
      try {
        return await ended;
      } finally {
        clearTimeout(kill);
      }
    },
  };
}

/** Describes an end for a message to a person. */
export function describeEnd(end: ProcessEnd): string {
  return 'exitCode' in end ? `ended with exit code ${end.exitCode}` : `was ended by ${end.killedBy}`;
}

async function watchEnd(child: ChildProcess, lingerMs: number): Promise<ProcessEnd> {
  // The output streams close when the last process that inherited them is gone: 'close' is the group's end.
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const end = await new Promise<ProcessEnd>((resolve) => {
    child.once('exit', (code, signal) => resolve(signal ? { killedBy: signal } : { exitCode: code ?? 0 }));
  });
  const kill = setTimeout(() => killGroup(pidOf(child)), lingerMs);
  await closed;
  clearTimeout(kill);
  // Whoever closed its output and stayed is not worth waiting for.
  killGroup(pidOf(child));
  return end;
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    // ESRCH: nobody is left, which is what was wanted.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

function pidOf(child: ChildProcess): number {
  if (child.pid === undefined) throw new Error('the program has not been started');
  return child.pid;
}
