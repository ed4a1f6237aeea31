import type { ArrivingFiles } from '@orilla/contract';
import { expect, test, vi } from 'vitest';
import { gpuDouble, onRun, ortOnCpu } from './gpu.double.ts';
import { Preparation } from './preparation.ts';
import { loadNodeOrt, manifestOf, tinyWeights } from './tiny-model.double.ts';

const { signal } = new AbortController();
/** Its weights lie beside its graph. */
const weights = tinyWeights('tiny-llama-onnx-f16');
const manifest = manifestOf(weights);

/** A download whose weights never arrive. */
function arriving(files: ReadonlyMap<string, Blob> = weights): ArrivingFiles & { readonly asked: readonly string[] } {
  const asked: string[] = [];
  return {
    asked,
    async file(path) {
      asked.push(path);
      const file = files.get(path);
      if (!file || path.endsWith('_data')) throw new Error(`${path} does not arrive.`);
      return file;
    },
  };
}

/** The real onnxruntime, which says what runs it took and which sessions went. */
function notingOrt() {
  const log: string[] = [];
  const loadOrt = ortOnCpu((session) => {
    onRun(session, (tokens) => log.push(`run of ${tokens}`));
    const release = session.release.bind(session);
    session.release = () => {
      log.push('released');
      return release();
    };
  });
  return { log, loadOrt };
}

test('a model is opened without its weights and computes what answers compute; its device stays for the load', async () => {
  const double = gpuDouble(['shader-f16']);
  const { log, loadOrt } = notingOrt();
  const files = arriving();
  const preparation = new Preparation(manifest, files, { gpu: double.gpu, loadOrt });
  await preparation.wait({ signal });
  expect(files.asked).toEqual(['config.json', 'model.onnx']);
  expect(log).toEqual(['released', 'run of 64', 'run of 1', 'run of 5', 'run of 1', 'released']);
  const device = await preparation.take({ signal });
  expect(device?.isLost).toBe(false);
  expect(double.isDestroyed).toBe(false);
  device?.destroy();
  expect(double.isDestroyed).toBe(true);
});

test('where the weights lie in the graph, onnxruntime is started and no device is taken', async () => {
  const { log, loadOrt } = notingOrt();
  const whole = tinyWeights();
  const gpu = { requestAdapter: () => expect.unreachable() } as unknown as GPU; // nothing else would be asked of it
  const preparation = new Preparation(manifestOf(whole), arriving(whole), { gpu, loadOrt });
  expect(await preparation.take({ signal })).toBeNull();
  expect(log).toEqual(['released']);
});

test('a GPU that lacks what the model computes with is given back, and the failure told', async () => {
  const double = gpuDouble();
  const { log, loadOrt } = notingOrt();
  const preparation = new Preparation(manifest, arriving(), { gpu: double.gpu, loadOrt });
  await expect(preparation.wait({ signal })).rejects.toMatchObject({ code: 'engine.load-failed' });
  expect(double.isDestroyed).toBe(true);
  expect(log).toEqual(['released', 'released']);
  expect(await preparation.take({ signal })).toBeNull();
});

test('a file that does not arrive ends it; a load then finds nothing done', async () => {
  const double = gpuDouble(['shader-f16']);
  const files = arriving(new Map([['config.json', weights.get('config.json') ?? new Blob()]]));
  const preparation = new Preparation(manifest, files, { gpu: double.gpu, loadOrt: ortOnCpu() });
  await expect(preparation.wait({ signal })).rejects.toThrow('model.onnx does not arrive');
  expect(await preparation.take({ signal })).toBeNull();
});

test('ended while it waits for a file it settles at once, and takes no device', async () => {
  const files: ArrivingFiles = { file: () => new Promise(() => undefined) };
  const gpu = { requestAdapter: () => expect.unreachable() } as unknown as GPU; // nothing else would be asked of it
  const preparation = new Preparation(manifest, files, { gpu, loadOrt: loadNodeOrt });
  preparation.end();
  await expect(preparation.wait({ signal })).rejects.toMatchObject({ name: 'AbortError' });
});

test('ended between two steps it gives everything back', async () => {
  const double = gpuDouble(['shader-f16']);
  let preparation: Preparation | null = null;
  const loadOrt = ortOnCpu((session) => onRun(session, () => preparation?.end()));
  preparation = new Preparation(manifest, arriving(), { gpu: double.gpu, loadOrt });
  await expect(preparation.wait({ signal })).rejects.toMatchObject({ name: 'AbortError' });
  expect(double.isDestroyed).toBe(true);
});

test('a load that is aborted while it waits for it is told at once, and the device goes', async () => {
  const double = gpuDouble(['shader-f16']);
  const controller = new AbortController();
  const loadOrt = ortOnCpu((session) => onRun(session, () => controller.abort()));
  const preparation = new Preparation(manifest, arriving(), { gpu: double.gpu, loadOrt });
  await expect(preparation.take({ signal: controller.signal })).rejects.toMatchObject({ name: 'AbortError' });
  await vi.waitFor(() => expect(double.isDestroyed).toBe(true));
});

test('a device that was lost meanwhile is not given', async () => {
  const double = gpuDouble(['shader-f16']);
  const preparation = new Preparation(manifest, arriving(), { gpu: double.gpu, loadOrt: ortOnCpu() });
  await preparation.wait({ signal });
  double.lose();
  expect(await preparation.take({ signal })).toBeNull();
});
