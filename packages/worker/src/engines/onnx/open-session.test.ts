import { expect, test, vi } from 'vitest';
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

/** Loading held up while onnxruntime makes a session, until it is let go. */
function heldCreation() {
  const log: string[] = [];
  const begun = Promise.withResolvers<void>();
  const held = Promise.withResolvers<void>();
  const real = ortOnCpu((session) => {
    const release = session.release.bind(session);
    session.release = () => {
      log.push('released');
      return release();
    };
  });
  const loadOrt: typeof real = async (options) => {
    const ort = await real(options);
    const create = async (model: Uint8Array, how: object) => {
      log.push('begun');
      begun.resolve();
      await held.promise;
      return ort.InferenceSession.create(model, how);
    };
    return { ...ort, InferenceSession: { create } } as unknown as typeof ort; // nothing else of it is used
  };
  return { log, begun: begun.promise, letGo: held.resolve, loadOrt };
}

const onWebgpu = { backend: 'webgpu', threads: 1 } as const;

test('an abort while a session is made is told at once; session and device go when it comes, and the next one waits for that', async () => {
  const double = gpuDouble();
  const { log, begun, letGo, loadOrt } = heldCreation();
  const controller = new AbortController();
  const opening = openSession(files, { ...onWebgpu, gpu: double.gpu, loadOrt, signal: controller.signal });
  await begun;
  controller.abort();
  await expect(opening).rejects.toMatchObject({ name: 'AbortError' });
  expect(log).toEqual(['begun']);
  expect(double.isDestroyed).toBe(false); // onnxruntime is still busy with it

  const next = openSession(files, { backend: 'wasm', threads: 1, loadOrt, signal });
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(log).toEqual(['begun']);
  letGo();
  const session = await next;
  expect(log).toEqual(['begun', 'released', 'begun']);
  expect(double.isDestroyed).toBe(true);
  await session.release();
});

test('a device that is lost while a session is made keeps nobody waiting, and the session goes when it comes', async () => {
  const double = gpuDouble();
  const { log, begun, letGo, loadOrt } = heldCreation();
  const opening = openSession(files, { ...onWebgpu, gpu: double.gpu, loadOrt, signal });
  await begun;
  double.lose();
  await expect(opening).rejects.toMatchObject({ code: 'engine.device-lost' });
  await vi.waitFor(() => expect(double.isDestroyed).toBe(true));
  const next = await openSession(files, { backend: 'wasm', threads: 1, loadOrt: ortOnCpu(), signal });
  await next.release();
  letGo();
  await vi.waitFor(() => expect(log).toEqual(['begun', 'released']));
});

test('what is aborted while it waits for another session to be made is never begun', async () => {
  const { log, begun, letGo, loadOrt } = heldCreation();
  const first = openSession(files, { backend: 'wasm', threads: 1, loadOrt, signal });
  await begun;
  const double = gpuDouble();
  const controller = new AbortController();
  const second = openSession(files, { ...onWebgpu, gpu: double.gpu, loadOrt, signal: controller.signal });
  setTimeout(() => controller.abort(), 10);
  await expect(second).rejects.toMatchObject({ name: 'AbortError' });
  letGo();
  await (await first).release();
  await vi.waitFor(() => expect(double.isDestroyed).toBe(true));
  expect(log).toEqual(['begun', 'released']);
});

test('an abort while code or a device is on its way is told at once, and a device that comes after all goes', async () => {
  const controller = new AbortController();
  const never = () => new Promise<never>(() => undefined);
  const opening = openSession(files, { ...onWebgpu, loadOrt: never, signal: controller.signal });
  controller.abort();
  await expect(opening).rejects.toMatchObject({ name: 'AbortError' });

  const double = gpuDouble();
  const asked = Promise.withResolvers<void>();
  const adapter = Promise.withResolvers<void>();
  const gpu = {
    async requestAdapter() {
      asked.resolve();
      await adapter.promise;
      return double.gpu.requestAdapter();
    },
  } as GPU; // nothing else is asked of it
  const other = new AbortController();
  const waiting = openSession(files, { ...onWebgpu, gpu, loadOrt: ortOnCpu(), signal: other.signal });
  await asked.promise;
  other.abort();
  await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
  adapter.resolve();
  await vi.waitFor(() => expect(double.isDestroyed).toBe(true));
});

test('an abort while a model is tried on the GPU is told at once, and nothing is left there', async () => {
  const double = gpuDouble();
  const controller = new AbortController();
  const run = Promise.withResolvers<never>();
  const loadOrt = ortOnCpu((session) => {
    session.run = () => {
      controller.abort();
      return run.promise;
    };
  });
  const opening = openCausalModel(files, { ...onWebgpu, gpu: double.gpu, loadOrt, signal: controller.signal });
  await expect(opening).rejects.toMatchObject({ name: 'AbortError' });
  expect(double.isDestroyed).toBe(false);
  run.reject(new Error('It ended.'));
  await vi.waitFor(() => expect(double.isDestroyed).toBe(true));
});
