import fc from 'fast-check';
import { expect, test } from 'vitest';
import { memorySource } from '../../files/memory-source.double.ts';
import { readExternalData } from './read-external-data.ts';
import { tinyOnnx } from './tiny-onnx.double.ts';

async function read(file: Uint8Array, pieceBytes = 1_000) {
  const source = memorySource({ 'model.onnx': file }, { pieceBytes });
  const locations = await readExternalData(source, { path: 'model.onnx', bytes: file.length });
  return { locations, reads: source.reads };
}

test('files are found in initializers and in attributes of nodes, each once', async () => {
  const external = ['constants.bin', 'model.onnx_data', 'model.onnx_data', 'deep/weights.bin'];
  expect((await read(tinyOnnx({ external }))).locations).toEqual([
    'constants.bin',
    'model.onnx_data',
    'deep/weights.bin',
  ]);
  expect((await read(tinyOnnx())).locations).toEqual([]);
});

test('wherever the pieces are cut, the same is read', async () => {
  const file = tinyOnnx({ external: ['a.bin', 'b.bin'], tensorBytes: 300 });
  for (let pieceBytes = 1; pieceBytes < 60; pieceBytes++)
    expect((await read(file, pieceBytes)).locations).toEqual(['a.bin', 'b.bin']);
});

test('a large tensor in the graph is not read, only passed over', async () => {
  const file = tinyOnnx({ external: ['a.bin', 'b.bin'], tensorBytes: 20 * 1024 * 1024 });
  const { locations, reads } = await read(file, 64 * 1024);
  expect(locations).toEqual(['a.bin', 'b.bin']);
  expect(reads).toHaveLength(2);
  expect(reads[1]?.start).toBeGreaterThan(20 * 1024 * 1024);
});

test.each<[string, Uint8Array]>([
  ['an error page', Buffer.from('<!doctype html><title>Not found</title>')],
  ['nothing', Buffer.alloc(0)],
  ['a file that is cut off', tinyOnnx({ tensorBytes: 5_000 }).subarray(0, 3_000)],
  ['a message that is no model', Buffer.from([0x0a, 0x01, 0x61])],
  ['a number without end', Buffer.alloc(40, 0xff)],
])('%s is no ONNX file', async (_, file) => {
  await expect(read(file)).rejects.toThrow('model.onnx in the source is no ONNX file that can be read.');
});

test('whatever bytes come, they are read or refused in words', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), fc.nat(400), async (noise, at) => {
      const file = tinyOnnx({ external: ['a.bin'], tensorBytes: 200 });
      file.set(noise.subarray(0, Math.max(0, file.length - at)), Math.min(at, file.length));
      await read(file).catch((error: Error) => expect(error.message).toContain('is no ONNX file that can be read'));
    }),
    { numRuns: 300 },
  );
});

test('an abort is an abort', async () => {
  const file = tinyOnnx();
  const source = memorySource({ 'model.onnx': file });
  const reading = readExternalData(source, { path: 'model.onnx', bytes: file.length }, { signal: AbortSignal.abort() });
  await expect(reading).rejects.toMatchObject({ name: 'AbortError' });
});
