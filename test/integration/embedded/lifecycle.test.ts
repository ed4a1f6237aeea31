import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { embeddedLauncher } from '@orilla/embedded';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { ensureStarterModel } from '../../../tools/model/starter-model.ts';
import { defaults, startEmbedded } from './embedded-client.ts';
import { childrenOf, isAlive } from './process-tree.ts';

let modelPath: string;
let folder: string;
beforeAll(async () => {
  modelPath = (await ensureStarterModel()).path;
  folder = await mkdtemp(join(tmpdir(), 'orilla-test-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const log = () => undefined;
const { signal } = new AbortController();

async function isReachable(socketPath: string): Promise<boolean> {
  const socket = createConnection(socketPath);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false; // refused or gone
  } finally {
    socket.destroy();
  }
}

test('its socket lies in a folder that only this user can enter, and goes with it', async () => {
  const { upstream } = await startEmbedded();
  expect(statSync(dirname(upstream.socketPath)).mode & 0o777).toBe(0o700);
  await upstream.stop();
  await upstream.exited;
  await upstream.stop();
  expect(existsSync(dirname(upstream.socketPath))).toBe(false);
});

test('it stops soon, also while it computes what takes half a minute', async () => {
  const { upstream, open } = await startEmbedded();
  const stream = await open('/v1/completions', { prompt: 'Once', max_tokens: 4_000, stream: true }).response;
  stream.on('error', () => undefined); // cut off, as it should be
  await once(stream, 'data');
  const reading = open('/v1/completions', { prompt: 'word '.repeat(4_000), max_tokens: 1 });
  reading.response.catch(() => undefined); // cut off, too
  await once(reading.sent, 'finish');
  await once(stream, 'data');
  const started = performance.now();
  await upstream.stop();
  expect(performance.now() - started).toBeLessThan(12_000);
});

test('a start that is aborted leaves nothing behind', async () => {
  const before = socketFolders();
  const controller = new AbortController();
  const starting = embeddedLauncher({ name: 'embedded', ...defaults, modelPath }, { signal: controller.signal, log });
  await vi.waitFor(() => expect(childrenOf(process.pid)).not.toEqual([]), { timeout: 20_000, interval: 5 });
  controller.abort();
  await expect(starting).rejects.toMatchObject({ name: 'AbortError' });
  expect(childrenOf(process.pid)).toEqual([]);
  expect(socketFolders()).toEqual(before);
  await expect(
    embeddedLauncher({ name: 'embedded', ...defaults, modelPath }, { signal: AbortSignal.abort(), log }),
  ).rejects.toMatchObject({ name: 'AbortError' });
  expect(socketFolders()).toEqual(before);
});

test.each([
  ['no model', async () => join(folder, 'gone.gguf')],
  [
    'a file that is no model',
    async () => {
      const path = join(folder, 'text.gguf');
      await writeFile(path, 'this is not a model');
      return path;
    },
  ],
  [
    'a model that was cut off',
    async () => {
      const path = join(folder, 'half.gguf');
      await writeFile(path, readFileSync(modelPath).subarray(0, 20_000_000));
      return path;
    },
  ],
])('with %s it says that it cannot start, and what to check', async (_, path) => {
  const starting = embeddedLauncher({ name: 'embedded', ...defaults, modelPath: await path() }, { signal, log });
  await expect(starting).rejects.toMatchObject({
    code: 'engine.load-failed',
    message: expect.stringMatching(/^The embedded upstream could not be started: /),
    advice: expect.stringContaining('Check'),
  });
});

test('more context than the model was trained for is refused', async () => {
  const starting = embeddedLauncher(
    { name: 'embedded', ...defaults, modelPath, contextLength: 16_384 },
    { signal, log },
  );
  await expect(starting).rejects.toMatchObject({
    message: expect.stringContaining('8192 tokens of context, and 16384'),
  });
});

test('whoever kills it, its end is told', async () => {
  const { upstream } = await startEmbedded();
  const own = childrenOf(process.pid).filter(({ command }) => command.includes('embedded/src/main'));
  expect(own).toHaveLength(1);
  for (const { pid } of own) process.kill(pid, 'SIGKILL');
  await upstream.exited;
  expect(await isReachable(upstream.socketPath)).toBe(false);
});

test.each(['SIGKILL', 'SIGTERM', 'SIGINT'] as const)('when its parent dies of %s, it ends too', async (killer) => {
  const parent = fork(fileURLToPath(new URL('./lonely-parent.ts', import.meta.url)), [modelPath], {
    execArgv: ['--conditions=@orilla/source'],
  });
  const [{ socketPath }] = (await once(parent, 'message')) as [{ socketPath: string }];
  const children = childrenOf(parent.pid ?? 0);
  expect(children).toHaveLength(1);
  expect(await isReachable(socketPath)).toBe(true);
  parent.kill(killer);
  await once(parent, 'exit');
  await vi.waitFor(() => expect(children.filter(({ pid }) => isAlive(pid))).toEqual([]), { timeout: 15_000 });
  expect(existsSync(dirname(socketPath))).toBe(false);
});

test('when its parent is killed while the model loads, it ends too', async () => {
  const parent = fork(fileURLToPath(new URL('./lonely-parent.ts', import.meta.url)), [modelPath], {
    execArgv: ['--conditions=@orilla/source'],
  });
  const children = await vi.waitFor(
    () => {
      const found = childrenOf(parent.pid ?? 0);
      expect(found).toHaveLength(1);
      return found;
    },
    { timeout: 20_000, interval: 5 },
  );
  parent.kill('SIGKILL');
  await vi.waitFor(() => expect(children.filter(({ pid }) => isAlive(pid))).toEqual([]), { timeout: 15_000 });
});

function socketFolders(): readonly string[] {
  return readdirSync(tmpdir()).filter(
    (name) => name.startsWith('orilla-') && existsSync(join(tmpdir(), name, 'embedded.sock')),
  );
}
