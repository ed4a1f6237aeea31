import { expect, test } from 'vitest';
import { skipSampling } from './skip-sampling.ts';

/** The private parts of WebLLM that are used; that the real one has them is tested in a browser. */
function mlcWith(changes: object = {}) {
  const called: string[] = [];
  const tvm = { beginScope: () => called.push('begin'), endScope: () => called.push('end') };
  const pipeline = {
    sampleFromRawLogits: async (_: unknown) => 7,
    updateLogitsOnCPU: (logits: unknown) => {
      called.push(`read ${logits}`);
      return { toArray: (): unknown => Float32Array.of(1, 2) };
    },
    tvm,
    device: { sync: async () => void called.push('sync') },
    ...changes,
  };
  const told: Float32Array[] = [];
  const mlc = { loadedModelIdToPipeline: new Map([['m', pipeline]]) };
  const skip = (modelId = 'm') => skipSampling(mlc, modelId, (logits) => told.push(logits));
  return { skip, pipeline, called, told };
}

test('logits are read, in a scope of their own, waited for and told; nothing is sampled', async () => {
  const { skip, pipeline, called, told } = mlcWith();
  expect(skip()).toBe(true);
  expect(await pipeline.sampleFromRawLogits('logits')).toBe(0);
  expect(called).toEqual(['begin', 'read logits', 'end', 'sync']);
  expect(told).toEqual([Float32Array.of(1, 2)]);
});

test('what fails while they are read is told, and its scope is closed', async () => {
  const { skip, pipeline, called, told } = mlcWith({
    updateLogitsOnCPU: () => {
      throw new Error('lost');
    },
  });
  skip();
  await expect(pipeline.sampleFromRawLogits('logits')).rejects.toThrow('lost');
  expect(called).toEqual(['begin', 'end']);
  expect(told).toEqual([]);
});

test('what is no logits is no answer', async () => {
  const { skip, pipeline } = mlcWith({ updateLogitsOnCPU: () => ({ toArray: () => [1, 2] }) });
  skip();
  await expect(pipeline.sampleFromRawLogits('logits')).rejects.toThrow(TypeError);
});

test.each([
  ['another sampler', { sampleFromRawLogits: undefined }],
  ['another way to read', { updateLogitsOnCPU: undefined }],
  ['another runtime', { tvm: {} }],
  ['another device', { device: null }],
])('a WebLLM with %s is left as it is', (_, changes) => {
  const { skip, pipeline } = mlcWith(changes);
  const before = pipeline.sampleFromRawLogits;
  expect(skip()).toBe(false);
  expect(pipeline.sampleFromRawLogits).toBe(before);
});

test('a WebLLM that is built otherwise is left as it is', () => {
  expect(mlcWith().skip('other')).toBe(false);
  expect(skipSampling({}, 'm', () => undefined)).toBe(false);
});
