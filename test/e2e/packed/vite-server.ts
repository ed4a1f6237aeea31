import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { outsideEnv } from '../../../tools/packages/run-outside.ts';

/** A running `vite` or `vite preview`. */
export interface ViteServer extends AsyncDisposable {
  readonly url: string;
  /** What it has printed so far, to be shown when a test fails. */
  readonly output: () => string;
}

/** The script of the Vite that an app has installed. */
export function viteCommand(cwd: string): string {
  return join(cwd, 'node_modules', 'vite', 'bin', 'vite.js');
}

/** Starts Vite's server in an app's folder, on a free loopback port. */
export async function startVite(cwd: string, command: 'dev' | 'preview'): Promise<ViteServer> {
  const args = [viteCommand(cwd), command, '--host', '127.0.0.1', '--port', '0', '--clearScreen', 'false'];
  const child = spawn(process.execPath, args, {
    cwd,
    env: { ...outsideEnv(), NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const url = await new Promise<string>((resolve, reject) => {
    const tell = (what: string) => reject(new Error(`vite ${command} ${what}.\n${lines.join('\n')}`));
    const timer = setTimeout(() => tell('did not say its address in 60 s'), 60_000);
    for (const stream of [child.stdout, child.stderr])
      createInterface({ input: stream }).on('line', (line) => {
        lines.push(line);
        const [address] = /http:\/\/127\.0\.0\.1:[1-9]\d*\//.exec(line) ?? [];
        if (address) resolve(address);
      });
    child.once('error', reject);
    void exited.then(() => {
      clearTimeout(timer);
      tell('ended');
    });
  });
  return {
    url,
    output: () => lines.join('\n'),
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}
