import { expect, test } from 'vitest';
import { claims, featuresFor } from './claims.ts';

// That an engine does what it claims, and tells of it in a browser, is the suite's: here no claim goes without the other.
test.each(['llamacpp', 'onnx', 'webllm'] as const)('what %s tells of itself is what it is held to', async (engine) => {
  const folder = new URL('../../packages/worker/src/engines/', import.meta.url);
  const support: Readonly<Record<string, unknown>> = await import(
    new URL(`${engine}/${engine}-support.ts`, folder).href
  );
  const told = support[`${engine}Features`] as readonly string[]; // each engine's folder has such a list
  expect(told.toSorted()).toEqual(featuresFor(claims[engine]));
});

test('every engine on the device is held to the least that a user expects, and two make embeddings', () => {
  const onDevice = [claims.llamacpp, claims.onnx, claims.webllm];
  const least = ['chat', 'stream', 'stop', 'seed', 'logprobs', 'json_schema', 'abort', 'usage'];
  for (const claimed of onDevice) expect(claimed).toEqual(expect.arrayContaining(least));
  expect(onDevice.filter((claimed) => (claimed as readonly string[]).includes('embeddings'))).toHaveLength(2);
});
