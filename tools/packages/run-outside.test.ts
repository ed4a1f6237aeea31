import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { outsideEnv, runOutside } from './run-outside.ts';

test('leaves out the condition that makes packages mean their sources, and what npm tells its scripts', () => {
  const env = {
    PATH: '/usr/bin',
    npm_config_registry: 'https://registry.example',
    NODE_OPTIONS: '--conditions=@orilla/source',
    INIT_CWD: '/repository',
    npm_lifecycle_event: 'test',
    npm_package_name: 'orilla',
    npm_config_local_prefix: '/repository',
  };
  expect(outsideEnv(env)).toEqual({ PATH: '/usr/bin', npm_config_registry: 'https://registry.example' });
});

test('gives what the program printed', async () => {
  const printed = await runOutside(process.execPath, ['-p', 'process.cwd()'], { cwd: tmpdir() });
  expect(printed.trim()).toBe(tmpdir());
});

test('adds variables to the environment', async () => {
  const options = { cwd: tmpdir(), env: { SHORE: 'orilla' } };
  expect(await runOutside(process.execPath, ['-p', 'process.env.SHORE'], options)).toBe('orilla\n');
});

test('a program that fails is an error with what it said', async () => {
  const script = 'console.log("began"); console.error("no such thing"); process.exit(3)';
  const failed = runOutside(process.execPath, ['-e', script], { cwd: tmpdir() });
  await expect(failed).rejects.toThrow(/failed in .*\nbegan\n+no such thing/);
});

test('a program that takes too long is ended', async () => {
  const failed = runOutside(process.execPath, ['-e', 'setInterval(() => 0, 1000)'], { cwd: tmpdir(), timeoutMs: 300 });
  await expect(failed).rejects.toThrow(/failed in/);
});

test('an abort ends the program, and is the signal’s reason', async () => {
  const stop = new AbortController();
  const script = 'setInterval(() => 0, 1000)';
  const stopped = runOutside(process.execPath, ['-e', script], { cwd: tmpdir(), signal: stop.signal });
  stop.abort();
  await expect(stopped).rejects.toBe(stop.signal.reason);
});
