import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { runChild } from './run-child.ts';
import { scratchFolder } from './scratch-folder.ts';

async function script(folder: string, text: string): Promise<string> {
  const path = join(folder, 'child.mjs');
  await writeFile(path, text);
  return path;
}

/** The number that a child wrote to `path`, once it is there. */
async function numberIn(path: string): Promise<number> {
  for (;;) {
    const text = await readFile(path, 'utf8').catch(() => '');
    if (text) return Number(text);
    await delay(10);
  }
}

/** Whether a process is there and no zombie that nobody has waited for yet. */
async function isRunning(pid: number): Promise<boolean> {
  const state = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ') X');
  return !/\) [ZX]/.test(state);
}

/** A child that starts another one, writes its id to the file named by PID_FILE, and then does as told. */
const withGrandchild = (then: string) => `
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
const grandchild = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
writeFileSync(process.env.PID_FILE, String(grandchild.pid));
${then}
`;

test('returns the exit code', async () => {
  await using folder = await scratchFolder();
  expect(await runChild([await script(folder.path, 'process.exit(3)')])).toBe(3);
  expect(await runChild([await script(folder.path, '')])).toBe(0);
});

test('a child that a signal ended has not succeeded', async () => {
  await using folder = await scratchFolder();
  expect(await runChild([await script(folder.path, 'process.kill(process.pid, "SIGKILL")')])).toBe(1);
});

test('the environment given is the child’s', async () => {
  await using folder = await scratchFolder();
  const path = await script(folder.path, 'process.exit(Number(process.env.CODE))');
  expect(await runChild([path], { env: { ...process.env, CODE: '7' } })).toBe(7);
});

test('nothing that a child started outlives it', async () => {
  await using folder = await scratchFolder();
  const pidFile = join(folder.path, 'pid');
  const path = await script(folder.path, withGrandchild('process.exit(0)'));
  await runChild([path], { env: { ...process.env, PID_FILE: pidFile } });
  const grandchild = await numberIn(pidFile);
  await expect.poll(() => isRunning(grandchild)).toBe(false);
});

test('an abort interrupts the child and what it started, and throws the signal’s reason', async () => {
  await using folder = await scratchFolder();
  const pidFile = join(folder.path, 'pid');
  const path = await script(folder.path, withGrandchild('setInterval(() => {}, 1000)'));
  const stop = new AbortController();
  const run = runChild([path], { signal: stop.signal, env: { ...process.env, PID_FILE: pidFile } });
  const grandchild = await numberIn(pidFile);
  stop.abort();
  await expect(run).rejects.toMatchObject({ name: 'AbortError' });
  await expect.poll(() => isRunning(grandchild)).toBe(false);
});

test('a child that ignores the interrupt is ended after its grace', async () => {
  await using folder = await scratchFolder();
  const pidFile = join(folder.path, 'pid');
  const path = await script(
    folder.path,
    `process.on('SIGINT', () => 0);\n${withGrandchild('setInterval(() => {}, 1000)')}`,
  );
  const stop = new AbortController();
  const run = runChild([path], { signal: stop.signal, graceMs: 100, env: { ...process.env, PID_FILE: pidFile } });
  await numberIn(pidFile);
  stop.abort();
  await expect(run).rejects.toMatchObject({ name: 'AbortError' });
});

test('an abort before the start starts nothing', async () => {
  await expect(runChild(['no-such-script'], { signal: AbortSignal.abort() })).rejects.toMatchObject({
    name: 'AbortError',
  });
});
