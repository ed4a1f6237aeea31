import { expect, test } from 'vitest';
import { CausalModel } from './causal-model.ts';
import { gpuDouble, ortOnCpu } from './gpu.double.ts';
import { openCausalModel } from './open-causal-model.ts';
import { openSession } from './open-session.ts';
import { onnxFiles } from './package-files.ts';
import { manifestOf, tinyWeights } from './tiny-model.double.ts';

const weights = tinyWeights();
const files = onnxFiles(manifestOf(weights), weights);
const { signal } = new AbortController();

/** A session that believes to be on the GPU; its runs, each held until it is let go, are counted. */
async function openHeld() {
  const double = gpuDouble();
  const runs = { begun: 0, released: 0 };
  const loadOrt = ortOnCpu((session) => {
    session.run = () => {
      runs.begun += 1;
      return new Promise(() => undefined); // as on a device that is gone
    };
    session.release = async () => {
      runs.released += 1;
    };
  });
  const session = await openSession(files, { backend: 'webgpu', threads: 1, signal, loadOrt, gpu: double.gpu });
  return { session, runs, double };
}

test('what onnxruntime computes on the CPU without a word is opened there and called by that name', async () => {
  const double = gpuDouble();
  const model = await openCausalModel(files, {
    backend: 'webgpu',
    threads: 1,
    signal,
    loadOrt: ortOnCpu(),
    gpu: double.gpu,
  });
  expect(model.session.backend).toBe('wasm');
  expect(model.session.gpu).toBeNull();
  expect(double.isDestroyed).toBe(true);
  expect((await model.step([1, 2, 3], null)).logits).toHaveLength(512);
  await model.session.release();
});

test('a model of 16-bit floats on a GPU without them computes on the CPU, before anything is tried there', async () => {
  const half = tinyWeights('tiny-llama-onnx-f16');
  const double = gpuDouble();
  const model = await openCausalModel(onnxFiles(manifestOf(half), half), {
    backend: 'webgpu',
    threads: 1,
    signal,
    loadOrt: ortOnCpu(),
    gpu: double.gpu,
  });
  expect(model.session.backend).toBe('wasm');
  await model.session.release();
});

test('a run that waits for a lost device is told at once, and none is begun on it any more: a second would hang the worker', async () => {
  const { session, runs, double } = await openHeld();
  const model = new CausalModel(session);
  const [running, waiting] = [model.step([1], null), model.step([2], null)];
  const failures = Promise.allSettled([running, waiting]);
  double.lose();
  const lost = { status: 'rejected', reason: expect.objectContaining({ code: 'engine.device-lost' }) };
  expect(await failures).toEqual([lost, lost]);
  expect(session.isOpen).toBe(false);
  await expect(model.step([3], null)).rejects.toMatchObject({ code: 'engine.device-lost' });
  expect(runs.begun).toBe(1);
  // What never ends is not waited for.
  await session.release();
  expect(runs.released).toBe(1);
});

test('a session that is released gives its device back, and that is no lost device', async () => {
  const { session, double } = await openHeld();
  await Promise.all([session.release(), session.release()]);
  expect(double.isDestroyed).toBe(true);
  await expect(new CausalModel(session).step([1], null)).rejects.toMatchObject({ code: 'engine.failed' });
});

test('a trap in the WASM closes the session as crashed', async () => {
  const loadOrt = ortOnCpu((session) => {
    session.run = () => Promise.reject(new WebAssembly.RuntimeError('unreachable'));
  });
  const session = await openSession(files, { backend: 'wasm', threads: 1, signal, loadOrt });
  await expect(new CausalModel(session).step([1], null)).rejects.toMatchObject({ code: 'engine.crashed' });
  expect(session.isOpen).toBe(false);
  await session.release();
});

test('a load that is aborted, or whose GPU goes, leaves no device behind', async () => {
  const double = gpuDouble();
  const controller = new AbortController();
  const opening = {
    backend: 'webgpu',
    threads: 1,
    gpu: double.gpu,
    loadOrt: ortOnCpu(() => controller.abort()),
  } as const;
  await expect(openSession(files, { ...opening, signal: controller.signal })).rejects.toMatchObject({
    name: 'AbortError',
  });
  expect(double.isDestroyed).toBe(true);
  const other = gpuDouble();
  const slow = async (...how: Parameters<NonNullable<typeof opening.loadOrt>>) => {
    const ort = await opening.loadOrt(...how);
    ort.InferenceSession.create = () => new Promise<never>(() => other.lose());
    return ort;
  };
  await expect(openSession(files, { ...opening, gpu: other.gpu, loadOrt: slow, signal })).rejects.toMatchObject({
    code: 'engine.device-lost',
  });
  expect(other.isDestroyed).toBe(true);
});
