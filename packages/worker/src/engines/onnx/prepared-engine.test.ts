import type { ArrivingFiles } from '@orilla/contract';
import { expect, test, vi } from 'vitest';
import { type GpuDouble, gpuDouble, ortOnCpu } from './gpu.double.ts';
import { OnnxEngine } from './onnx-engine.ts';
import { manifestOf, tinyWeights } from './tiny-model.double.ts';

const { signal } = new AbortController();
/** Its weights lie beside its graph. */
const weights = tinyWeights('tiny-llama-onnx-f16');
const manifest = manifestOf(weights);
const how = { contextLength: 64, signal };
const files: ArrivingFiles = { file: async (path) => weights.get(path) ?? Promise.reject(new Error(path)) };

/** An engine that takes its devices from here, and what they were asked for. */
function engineOn(devices: readonly GpuDouble[], onTaken: () => void = () => undefined) {
  let taken = 0;
  const gpu = {
    async requestAdapter() {
      taken += 1;
      onTaken();
      return devices[taken - 1]?.gpu.requestAdapter() ?? null;
    },
  } as GPU; // nothing else is asked of it
  const device = { webgpu: { features: ['shader-f16'] } as never, threads: async () => 1 }; // nothing else is read
  const engine = new OnnxEngine(device, { loadOrt: ortOnCpu(), gpu });
  return {
    engine,
    get taken() {
      return taken;
    },
  };
}

test('a load computes on the device that was prepared for it, and it goes with the model', async () => {
  const double = gpuDouble(['shader-f16']);
  const on = engineOn([double]);
  await on.engine.prepare(manifest, files, how);
  expect(on.taken).toBe(1);
  expect(double.isDestroyed).toBe(false);
  await on.engine.load(manifest, weights, how);
  expect(on.taken).toBe(1);
  await on.engine.unload();
  expect(double.isDestroyed).toBe(true);
});

test('an engine that is unloaded before its load leaves no device', async () => {
  const double = gpuDouble(['shader-f16']);
  const { engine } = engineOn([double]);
  await engine.prepare(manifest, files, how);
  await engine.unload();
  expect(double.isDestroyed).toBe(true);
});

test('a load that fails gives the prepared device back, and one after it takes another', async () => {
  const [first, second] = [gpuDouble(['shader-f16']), gpuDouble(['shader-f16'])];
  const on = engineOn([first, second]);
  await on.engine.prepare(manifest, files, how);
  const broken = new Map(weights).set('tokenizer.json', new Blob(['{}']));
  await expect(on.engine.load(manifest, broken, how)).rejects.toMatchObject({ code: 'engine.load-failed' });
  expect(first.isDestroyed).toBe(true);
  await on.engine.load(manifest, weights, how);
  expect(on.taken).toBe(2);
  await on.engine.unload();
});

test('a device that was lost after it was prepared is not computed on', async () => {
  const [first, second] = [gpuDouble(['shader-f16']), gpuDouble(['shader-f16'])];
  const on = engineOn([first, second]);
  await on.engine.prepare(manifest, files, how);
  first.lose();
  await on.engine.load(manifest, weights, how);
  expect(on.taken).toBe(2);
  await on.engine.unload();
});

test('stopped by its load, it is waited for no longer, and the load has what it made', async () => {
  const double = gpuDouble(['shader-f16']);
  const stopped = new AbortController();
  const on = engineOn([double], () => stopped.abort());
  const preparing = on.engine.prepare(manifest, files, { ...how, signal: stopped.signal });
  await expect(preparing).rejects.toMatchObject({ name: 'AbortError' });
  await on.engine.load(manifest, weights, how);
  expect(on.taken).toBe(1);
  await on.engine.unload();
});

test('on the CPU nothing is begun beforehand, and threads are asked for by the load alone', async () => {
  const threads = vi.fn(async () => 1);
  const loadOrt = vi.fn(ortOnCpu());
  const engine = new OnnxEngine({ webgpu: null, threads }, { loadOrt });
  const cpuWeights = tinyWeights();
  await engine.prepare(manifestOf(cpuWeights), files, how);
  expect(threads).not.toHaveBeenCalled();
  expect(loadOrt).not.toHaveBeenCalled();
  await engine.load(manifestOf(cpuWeights), cpuWeights, how);
  expect(threads).toHaveBeenCalledOnce();
  await engine.unload();
});
