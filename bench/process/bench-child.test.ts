import { expect, test, vi } from 'vitest';
import { startChild } from './bench-child.ts';

// Processes take long to start where the machine has other work.
vi.setConfig({ testTimeout: 60_000 });

interface Ready {
  readonly args: readonly string[];
}
const script = new URL('./echo-child.double.ts', import.meta.url);
const start = (args: readonly string[] = []) => startChild<Ready, unknown, unknown>(script, { args });

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test('is ready with what the child says, and answers one question after the other', async () => {
  await using child = await start(['one', 'two']);
  expect(child.ready).toEqual({ args: ['one', 'two'] });
  expect(await child.ask({ number: 1 })).toEqual({ question: { number: 1 } });
  expect(await child.ask('again')).toEqual({ question: 'again' });
});

test('an error in the child reaches who asked, and the child goes on', async () => {
  await using child = await start();
  await expect(child.ask('fail')).rejects.toThrow('as asked');
  expect(await child.ask(1)).toEqual({ question: 1 });
});

test('a child that dies tells whoever waits, at once', async () => {
  await using child = await start();
  await expect(child.ask('die')).rejects.toThrow('exit code 4');
});

test('a child that dies before it is ready is an error', async () => {
  await expect(start(['die'])).rejects.toThrow('exit code 3');
});

test('a child that never gets ready is given up', async () => {
  const waiting = startChild(script, { args: ['silent'], startTimeoutMs: 300 });
  await expect(waiting).rejects.toMatchObject({ name: 'TimeoutError' });
});

test('an abort leaves the question and throws the signal’s reason', async () => {
  await using child = await start();
  const stop = new AbortController();
  const answer = child.ask('hang', { signal: stop.signal });
  stop.abort();
  await expect(answer).rejects.toMatchObject({ name: 'AbortError' });
});

test('is gone when its scope ends', async () => {
  let pid = 0;
  {
    await using child = await start();
    pid = child.pid;
    expect(isRunning(pid)).toBe(true);
  }
  expect(isRunning(pid)).toBe(false);
});
