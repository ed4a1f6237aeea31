import { expect, test } from 'vitest';
import { MlcDouble } from './mlc.double.ts';
import { openWebllm } from './open-webllm.ts';
import { PreparedDevice } from './prepared-device.ts';

const { signal } = new AbortController();
const noCaches = { open: () => Promise.reject(new Error('no caches here')) };
const open = (mlc: MlcDouble, options: { signal?: AbortSignal; prepared?: PreparedDevice } = {}) =>
  openWebllm(new Map(), {
    library: 'model.wasm',
    contextLength: 64,
    signal,
    makeMlc: mlc.make,
    caches: noCaches,
    deviceMaker: mlc.adapter,
    ...options,
  });
const abortError = () => new DOMException('Instance dropped.', 'AbortError');
const fails = (error: unknown) => () => Promise.reject(error);

test('gives the logits of each step, and opens with the context that was asked for', async () => {
  const mlc = new MlcDouble({ script: [7], vocabularySize: 9 });
  const model = await open(mlc);
  expect(mlc.settings).toMatchObject({ context_window_size: 64, sliding_window_size: -1 });
  expect([...(await model.forward([1, 2]))]).toEqual([0, 0, 0, 0, 0, 0, 0, 20, 0]);
  await model.reset();
  expect(mlc.resets).toBe(1);
});

test('a reload that swallows an AbortError and loads nothing is an error of ours', async () => {
  const mlc = new MlcDouble();
  mlc.reload = async () => {
    await mlc.adapter.requestDevice();
  };
  await expect(open(mlc)).rejects.toMatchObject({ code: 'engine.load-failed' });
  expect(mlc.unloads).toBe(1);
});

test('a device that goes in a load is memory that is not there', async () => {
  const mlc = new MlcDouble();
  mlc.onReload = async () => {
    mlc.lose('destroyed');
    throw Object.assign(new Error('The WebGPU device was lost.'), { name: 'DeviceLostError' });
  };
  await expect(open(mlc)).rejects.toMatchObject({ code: 'engine.out-of-memory' });
});

test.each([
  ['an ExitStatus, which is no Error', { name: 'ExitStatus', message: 'Program terminated with exit(1)', status: 1 }],
  ['a text', 'Cannot find parameter'],
])('a load that fails with %s is an error of ours, and frees what it took', async (_, error) => {
  const mlc = new MlcDouble();
  mlc.onReload = fails(error);
  await expect(open(mlc)).rejects.toMatchObject({ code: 'engine.load-failed', cause: error });
  expect(mlc.unloads).toBe(1);
  expect(mlc.adapter.devices).toMatchObject([{ isDestroyed: true }]);
});

test('an abort ends a load at once, by its device, and is told as one', async () => {
  const mlc = new MlcDouble();
  const left = new AbortController();
  mlc.onReload = async () => {
    left.abort();
    await mlc.adapter.devices[0]?.lost;
    throw new Error('the device is gone');
  };
  await expect(open(mlc, { signal: left.signal })).rejects.toMatchObject({ name: 'AbortError' });
  expect(mlc.unloads).toBe(1);
});

test('an abort that WebLLM swallows is an abort all the same', async () => {
  const mlc = new MlcDouble();
  const left = new AbortController();
  mlc.onReload = async () => left.abort();
  await expect(open(mlc, { signal: left.signal })).rejects.toMatchObject({ name: 'AbortError' });
});

test('an AbortError of a step is a lost device, never an abort', async () => {
  const mlc = new MlcDouble();
  const model = await open(mlc);
  mlc.onStep = async () => {
    mlc.lose();
    throw abortError();
  };
  await expect(model.forward([1])).rejects.toMatchObject({ code: 'engine.device-lost' });
  await expect(model.forward([1])).rejects.toMatchObject({ code: 'engine.device-lost' });
  await expect(model.lost).rejects.toMatchObject({ code: 'engine.device-lost' });
});

test('a step that never answers ends with its device', async () => {
  const mlc = new MlcDouble();
  const model = await open(mlc);
  mlc.onStep = () => new Promise(() => undefined);
  const step = model.forward([1]);
  mlc.lose();
  await expect(step).rejects.toMatchObject({ code: 'engine.device-lost' });
  await model.close();
});

test('frees the model when the step that runs is over, and takes none afterwards', async () => {
  const mlc = new MlcDouble();
  const model = await open(mlc);
  const { promise: step, resolve: endStep } = Promise.withResolvers<void>();
  mlc.onStep = () => step;
  const running = model.forward([1]);
  const closing = Promise.all([model.close(), model.close()]);
  await Promise.resolve();
  expect(mlc.unloads).toBe(0);
  endStep();
  await running;
  await closing;
  expect(mlc.unloads).toBe(1);
  await expect(model.forward([1])).rejects.toMatchObject({ code: 'engine.failed' });
});

test('freeing what is gone already is no failure', async () => {
  const mlc = new MlcDouble();
  const model = await open(mlc);
  mlc.lose();
  mlc.unload = () => new Promise(() => undefined);
  await model.close();
});

test('computes on a device that was prepared, and ends it when it is closed', async () => {
  const mlc = new MlcDouble();
  const prepared = new PreparedDevice(await mlc.adapter.requestDevice());
  const model = await open(mlc, { prepared });
  expect(mlc.adapter.devices).toHaveLength(1);
  await model.forward([1]);
  await model.close();
  expect(mlc.adapter.devices).toMatchObject([{ isDestroyed: true }]);
});

test('takes a device of its own where the prepared one was lost', async () => {
  const mlc = new MlcDouble();
  const prepared = new PreparedDevice(await mlc.adapter.requestDevice());
  mlc.lose();
  await prepared.device.lost;
  const model = await open(mlc, { prepared });
  expect(mlc.adapter.devices).toHaveLength(2);
  await model.forward([1]);
});
