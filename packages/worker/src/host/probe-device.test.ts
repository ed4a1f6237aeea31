import { expect, test } from 'vitest';
import { llamacppFeatures } from '../engines/llamacpp/llamacpp-support.ts';
import { onnxFeatures } from '../engines/onnx/onnx-support.ts';
import { type DeviceScope, probeDevice } from './probe-device.ts';
import type { AdapterLike } from './probe-webgpu.ts';

const GiB = 1024 ** 3;

const adapter = (features: readonly string[]): AdapterLike => ({
  features: new Set(features),
  limits: { maxBufferSize: GiB },
  info: { vendor: 'acme', architecture: 'shore', device: '', isFallbackAdapter: true },
});

function scope(navigator: Partial<DeviceScope['navigator']> = {}): DeviceScope {
  return {
    navigator: { hardwareConcurrency: 8, deviceMemory: 8, ...navigator },
    crossOriginIsolated: true,
    isSecureContext: true,
  };
}

test('tells what the adapter can do, in a fixed order', async () => {
  const { webgpu } = await probeDevice(
    scope({ gpu: { requestAdapter: async () => adapter(['subgroups', 'shader-f16']) } }),
  );
  expect(webgpu).toMatchObject({ features: ['shader-f16', 'subgroups'], maxBufferBytes: GiB, isFallback: true });
});

test('tells the adapter by name, and its limits by WebGPU’s names, inherited as they are', async () => {
  const limits = Object.create({ maxBufferSize: GiB, maxBindGroups: 4, toString: () => 'limits' });
  const found: AdapterLike = { ...adapter([]), limits };
  const { webgpu } = await probeDevice(scope({ gpu: { requestAdapter: async () => found } }));
  expect(webgpu).toMatchObject({ adapter: 'acme shore' });
  expect(webgpu?.limits).toEqual({ maxBufferSize: GiB, maxBindGroups: 4 });
});

test.each([
  ['there is no WebGPU', {}],
  ['there is no adapter', { gpu: { requestAdapter: async () => null } }],
  ['the GPU process is gone', { gpu: { requestAdapter: () => Promise.reject(new Error('lost')) } }],
])('where %s, that is what is told', async (_, navigator) => {
  expect((await probeDevice(scope(navigator))).webgpu).toBeNull();
});

test.each<[string, Partial<AdapterLike>, boolean]>([
  ['in the info, as browsers have it now', { info: { isFallbackAdapter: true } }, true],
  ['in the info, whatever the adapter says', { info: { isFallbackAdapter: false }, isFallbackAdapter: true }, false],
  ['on the adapter, as browsers had it', { isFallbackAdapter: true }, true],
  ['on the adapter, where the info does not say', { info: {}, isFallbackAdapter: true }, true],
  ['nowhere', {}, false],
  ['nowhere, with an info', { info: {} }, false],
])('whether the adapter is a fallback is read where it stands: %s', async (_, said, isFallback) => {
  const found: AdapterLike = { features: [], limits: { maxBufferSize: GiB }, ...said };
  const { webgpu } = await probeDevice(scope({ gpu: { requestAdapter: async () => found } }));
  expect(webgpu).toMatchObject({ isFallback });
});

test('a browser that never answers has no adapter, and the app’s developer is told', async () => {
  const notes: string[] = [];
  const gpu = { requestAdapter: () => new Promise<never>(() => undefined) };
  const facts = await probeDevice(scope({ gpu }), { adapterTimeoutMs: 5, note: (message) => notes.push(message) });
  expect(facts).toMatchObject({ webgpu: null, processors: 8 });
  expect(notes).toEqual([expect.stringContaining('no GPU within 5 ms: models run on the CPU')]);
});

test('a browser that answers in time leaves no timer and no note behind', async () => {
  const notes: string[] = [];
  const gpu = { requestAdapter: async () => adapter([]) };
  const before = process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
  const { webgpu } = await probeDevice(scope({ gpu }), { note: (message) => notes.push(message) });
  expect(webgpu).not.toBeNull();
  expect(notes).toEqual([]);
  expect(process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout')).toHaveLength(before);
});

test('there is a memory budget for each backend, and that of the GPU stands for all where an engine uses it', async () => {
  const gpu = { requestAdapter: async () => adapter([]) };
  const withGpu = await probeDevice(scope({ deviceMemory: 8, gpu }));
  expect(withGpu.memory).toEqual({
    webgpu: { budgetBytes: 4 * GiB, basis: 'rule' },
    wasm: { budgetBytes: 3.5 * GiB, basis: 'rule' },
  });
  expect(withGpu).toMatchObject({ memoryBudgetBytes: 4 * GiB, memoryBasis: 'rule' });
  const without = await probeDevice(scope({ deviceMemory: 8 }));
  expect(without.memory).toEqual({ wasm: { budgetBytes: 3.5 * GiB, basis: 'rule' } });
  expect(without.memoryBudgetBytes).toBe(3.5 * GiB);
});

test('tells use and quota of the storage, and nothing where the browser does not', async () => {
  const told = async (estimate: () => Promise<StorageEstimate>) =>
    (await probeDevice(scope({ storage: { estimate } }))).storage;
  expect(await told(async () => ({ usage: 1, quota: 2 }))).toEqual({ usageBytes: 1, quotaBytes: 2 });
  expect(await told(async () => ({}))).toBeNull();
  expect(await told(() => Promise.reject(new TypeError('opaque')))).toBeNull();
  expect((await probeDevice(scope())).storage).toBeNull();
});

test('tells the engines that run here, with what each computes with', async () => {
  const { engines, processors, crossOriginIsolated, isSecureContext } = await probeDevice(scope());
  expect(Object.keys(engines)).toEqual(['onnx', 'llamacpp']);
  expect(engines.llamacpp).toEqual({ backend: 'wasm', features: llamacppFeatures });
  expect(engines.onnx).toEqual({ backend: 'wasm', features: onnxFeatures });
  expect({ processors, crossOriginIsolated, isSecureContext }).toEqual({
    processors: 8,
    crossOriginIsolated: true,
    isSecureContext: true,
  });
});

test('a browser that hides its processors has one', async () => {
  expect((await probeDevice(scope({ hardwareConcurrency: 0 }))).processors).toBe(1);
});

test('with a GPU whose limits suffice there is an engine more, and those that can use it do', async () => {
  const limits = {
    maxBufferSize: GiB,
    maxStorageBufferBindingSize: GiB,
    maxComputeWorkgroupStorageSize: 32_768,
    maxStorageBuffersPerShaderStage: 10,
  };
  const tooFew = { ...limits, maxStorageBuffersPerShaderStage: 8 };
  const on = async (found: AdapterLike) =>
    (await probeDevice(scope({ gpu: { requestAdapter: async () => found } }))).engines;
  expect(await on({ ...adapter([]), limits })).toMatchObject({
    webllm: { backend: 'webgpu' },
    onnx: { backend: 'webgpu' },
    llamacpp: { backend: 'wasm' },
  });
  expect(await on({ ...adapter([]), limits: tooFew })).not.toHaveProperty('webllm');
});
