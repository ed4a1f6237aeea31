import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export interface RunBuildOptions {
  readonly root: string;
  /** Where the result goes; exists and is empty. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

/** Lines of the builder's output that are kept to explain a failure. */
const keptLines = 40;

/** Builds the demo with Vite, in a process of its own that an abort ends. @throws Error with the end of its output; AbortError */
export async function runBuild({ root, folder, signal }: RunBuildOptions): Promise<void> {
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  const child = spawn(
    process.execPath,
    [vite, 'build', join(root, 'demo'), '--outDir', folder, '--emptyOutDir', '--logLevel', 'warn'],
    {
      cwd: join(root, 'demo'),
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const kill = () => child.kill('SIGKILL');
  signal.addEventListener('abort', kill, { once: true });
  if (signal.aborted) kill();
  let output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output = [...output, ...text.split('\n')].slice(-keptLines);
    });
  }
  const [code] = await once(child, 'close');
  signal.removeEventListener('abort', kill);
  signal.throwIfAborted();
  if (code !== 0) throw new Error(`The demo could not be built. The builder says:\n${output.join('\n').trim()}`);
}
