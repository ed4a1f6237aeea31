import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

const root = join(import.meta.dirname, '..', '..', '..');

/** The script of `npm start`, running. */
export interface StartProcess {
  readonly child: ChildProcess;
  readonly output: () => string;
  /** Resolves with what a pattern found in the output. @throws Error with the output, where the process ends before */
  until(pattern: RegExp): Promise<RegExpExecArray>;
  /** Resolves once it has ended. */
  readonly ended: Promise<{ readonly code: number | null; readonly killer: NodeJS.Signals | null }>;
}

/** Starts it; the test's end kills it if it has not ended by then. */
export function start(args: readonly string[], env: Readonly<Record<string, string>> = {}): StartProcess {
  const child = spawn(process.execPath, ['--conditions=@orilla/source', join(root, 'tools', 'start.ts'), ...args], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  const heard = new EventTarget();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      heard.dispatchEvent(new Event('text'));
    });
  }
  const ended = once(child, 'close').then(([code, killer]) => ({ code, killer }));
  ended.then(() => heard.dispatchEvent(new Event('text')));
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return {
    child,
    output: () => text,
    ended,
    async until(pattern) {
      for (;;) {
        const found = pattern.exec(text);
        if (found) return found;
        if (child.exitCode !== null || child.signalCode !== null) throw new Error(`It ended and said only:\n${text}`);
        await once(heard, 'text');
      }
    },
  };
}
