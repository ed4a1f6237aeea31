import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const main = join(import.meta.dirname, '..', '..', '..', 'packages', 'cli', 'src', 'main.ts');

/** What one run of `orilla` said and took. */
export interface CliRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The most memory that was resident at once, in bytes; 0 where it was killed. */
  readonly peakBytes: number;
}

export interface RunCliOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Told of the process when it runs. */
  readonly onStart?: (child: ChildProcess) => void;
}

/**
 * Told by the process itself as the last thing it does. What the system counts as a process's peak (`ru_maxrss`) begins with that of the
 * process that started it; the high-water mark of its own memory does not.
 */
const tellPeak = `
import { readFileSync } from 'node:fs';
process.on('exit', () => {
  const [, peakKilobytes] = /^VmHWM:\\s+(\\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  process.send?.({ peakKilobytes: Number(peakKilobytes) });
});
process.channel?.unref();
`;

/** Runs the `orilla` command in a process of its own, from its sources. */
export async function runCli(args: readonly string[], { env = {}, onStart }: RunCliOptions = {}): Promise<CliRun> {
  const child = spawn(
    process.execPath,
    ['--conditions=@orilla/source', `--import=data:text/javascript,${encodeURIComponent(tellPeak)}`, main, ...args],
    { env: { ...process.env, HF_TOKEN: '', ...env }, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] },
  );
  const text = { stdout: '', stderr: '' };
  // Both are pipes, as asked for above.
  child.stdout?.setEncoding('utf8').on('data', (part: string) => (text.stdout += part));
  child.stderr?.setEncoding('utf8').on('data', (part: string) => (text.stderr += part));
  let peakBytes = 0;
  child.on('message', (message) => {
    // The only message that it sends.
    peakBytes = (message as { peakKilobytes: number }).peakKilobytes * 1024;
  });
  onStart?.(child);
  const [code] = await once(child, 'close');
  return { code, ...text, peakBytes };
}
