import { expect, test } from 'vitest';
import { MlcDouble } from './mlc.double.ts';
import { openWebllm } from './open-webllm.ts';
import { Preparation } from './preparation.ts';

const { signal } = new AbortController();
const contents: Readonly<Record<string, unknown>> = {
  'mlc-chat-config.json': {},
  'tokenizer.json': {},
  'tensor-cache.json': { records: [] },
  'model.wasm': 'library',
};
const manifest = { files: Object.keys(contents).map((path) => ({ path, bytes: 1, sha256: '' })) };
const arriving = { file: async (path: string) => new Blob([JSON.stringify(contents[path])]) };
const never = { file: () => new Promise<Blob>(() => undefined) };

function prepare(mlc: MlcDouble, files: typeof arriving = arriving): Preparation {
  return new Preparation(manifest, files, {
    deviceMaker: mlc.adapter,
    openWebllm: (given, options) =>
      openWebllm(given, {
        ...options,
        makeMlc: mlc.make,
        caches: { open: () => Promise.reject(new Error('no caches here')) },
      }),
  });
}

test('opens the model with one page of context, closes it, and keeps its device', async () => {
  const mlc = new MlcDouble();
  const preparation = prepare(mlc);
  await preparation.wait({ signal });
  expect(mlc.settings).toMatchObject({ context_window_size: 16 });
  expect(mlc).toMatchObject({ unloads: 1, isLoaded: false });
  expect(mlc.adapter.devices).toMatchObject([{ isDestroyed: false, pipelines: 1 }]);
  const prepared = await preparation.take({ signal });
  expect(prepared?.take()).toBe(mlc.adapter.devices[0]);
});

test('who takes it before it is ready waits, since to begin anew would take longer', async () => {
  const mlc = new MlcDouble();
  const made = Promise.withResolvers<void>();
  mlc.onReload = () => made.promise;
  const taking = prepare(mlc).take({ signal });
  made.resolve();
  expect((await taking)?.take()).toBe(mlc.adapter.devices[0]);
});

test('what fails gives no device, is told to who waits, and leaves nothing', async () => {
  const mlc = new MlcDouble();
  mlc.onReload = () => Promise.reject(new Error('failed'));
  const preparation = prepare(mlc);
  await expect(preparation.wait({ signal })).rejects.toMatchObject({ code: 'engine.load-failed' });
  expect(await preparation.take({ signal })).toBeNull();
  expect(mlc.adapter.devices).toMatchObject([{ isDestroyed: true }]);
  await preparation.end();
});

test('ended while files are on their way, it asks for no device', async () => {
  const mlc = new MlcDouble();
  const preparation = prepare(mlc, never);
  await preparation.end();
  await expect(preparation.wait({ signal })).rejects.toMatchObject({ name: 'AbortError' });
  expect(mlc.adapter.devices).toEqual([]);
});

test('ended while shaders are made, or later, it frees its device', async () => {
  const mlc = new MlcDouble();
  const begun = Promise.withResolvers<void>();
  mlc.onReload = async () => {
    begun.resolve();
    await mlc.adapter.devices[0]?.lost;
    throw new DOMException('Instance dropped.', 'AbortError');
  };
  const preparation = prepare(mlc);
  await begun.promise;
  await preparation.end();
  expect(mlc.adapter.devices).toMatchObject([{ isDestroyed: true }]);

  const other = new MlcDouble();
  const done = prepare(other);
  await done.wait({ signal });
  await done.end();
  expect(other.adapter.devices).toMatchObject([{ isDestroyed: true }]);
});

test('who waits for it leaves at once when aborted; who takes it ends it with that', async () => {
  const mlc = new MlcDouble();
  const left = new AbortController();
  const preparation = prepare(mlc, never);
  const waiting = preparation.wait({ signal: left.signal });
  const taking = preparation.take({ signal: left.signal });
  left.abort();
  await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
  await expect(taking).rejects.toMatchObject({ name: 'AbortError' });
  await expect(preparation.wait({ signal })).rejects.toMatchObject({ name: 'AbortError' });
});
