import { expect, test } from 'vitest';
import { OnnxEngine } from '../onnx-engine.ts';
import { loadNodeOrt, manifestOf, tinyWeights } from '../tiny-model.double.ts';
import { referenceVectors, tinyEncoderWeights } from './tiny-encoder.double.ts';

const noGpu = { webgpu: null, threads: async () => 1 };
const { signal } = new AbortController();

async function openEngine(weights: Map<string, Blob>, contextLength: number) {
  const engine = new OnnxEngine(noGpu, { loadOrt: loadNodeOrt });
  return { engine, loaded: await engine.load(manifestOf(weights), weights, { contextLength, signal }) };
}

test('the engine opens an encoder with no more context than its positions, and frees it', async () => {
  const { engine, loaded } = await openEngine(tinyEncoderWeights(), 512);
  expect(loaded).toEqual({ engine: 'onnx', backend: 'wasm', contextLength: 16, threads: 1 });
  expect(engine.isOpen).toBe(true);
  const [first] = referenceVectors();
  const { data } = await engine.embed({ model: 'tiny', input: first?.text ?? '' }, { signal });
  expect(data[0]?.embedding[0]).toBeCloseTo(first?.mean[0] ?? 0, 5);
  await engine.unload();
  expect(engine.isOpen).toBe(false);
  await expect(engine.embed({ model: 'tiny', input: 'boat' }, { signal })).rejects.toMatchObject({
    code: 'engine.failed',
  });
});

test('a model of one kind refuses what the other kind is for', async () => {
  const { engine: encoder } = await openEngine(tinyEncoderWeights(), 16);
  const question = { model: 'tiny', messages: [{ role: 'user' as const, content: 'Who?' }] };
  await expect(encoder.generate(question, { signal }).next()).rejects.toMatchObject({ code: 'capability.unsupported' });
  const { engine: decoder } = await openEngine(tinyWeights(), 64);
  const refused = decoder.embed({ model: 'tiny', input: 'boat' }, { signal });
  await expect(refused).rejects.toMatchObject({ code: 'capability.unsupported' });
  await Promise.all([encoder.unload(), decoder.unload()]);
});
