import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NoGguf, parseGguf } from './parse-gguf.ts';
import { readGguf } from './read-gguf.ts';
import { tinyGguf } from './tiny-gguf.double.ts';

const file = tinyGguf({ tensorBytes: 1_000 });

async function* inPieces(bytes: Uint8Array, length: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

test('metadata is read, and where the tensors begin', () => {
  const { metadata, tensorOffset, leastBytes } = parseGguf(file);
  expect(metadata).toMatchObject({
    'general.architecture': 'llama',
    'llama.context_length': 128,
    'tokenizer.ggml.token_type': Float64Array.from([3, 3, 1, 1, 1, 1, 1]),
  });
  expect(tensorOffset % 32).toBe(0);
  expect(tensorOffset).toBe(file.length - 1_000);
  expect(leastBytes).toBe(tensorOffset + 1);
});

test('a list of texts is made of the file each time that it is walked', () => {
  const tokens = parseGguf(file).metadata['tokenizer.ggml.tokens'];
  expect(tokens).toMatchObject({ length: 7 });
  const list = tokens as Iterable<string>; // a list of texts, as told above
  expect([...list]).toEqual(['<s>', '</s>', 'Ġ', 'a', 'b', 'Ġa', 'Ã±']);
  expect([...list]).toEqual([...list]);
});

test('a header that is cut anywhere asks for more and takes nothing for whole', () => {
  const { tensorOffset } = parseGguf(file);
  const end = tensorOffset - 31;
  fc.assert(
    fc.property(fc.nat(end), (length) => {
      expect(() => parseGguf(file.subarray(0, length))).toThrow(RangeError);
    }),
  );
});

test('whatever the bytes are, they are parsed or refused, in little time and memory', () => {
  fc.assert(
    fc.property(fc.nat(file.length - 1_001), fc.uint8Array({ minLength: 1, maxLength: 8 }), (at, bytes) => {
      const broken = Buffer.from(file);
      broken.set(bytes.subarray(0, broken.length - at), at);
      try {
        parseGguf(broken);
      } catch (error) {
        expect(error instanceof NoGguf || error instanceof RangeError).toBe(true);
      }
    }),
    { numRuns: 300 },
  );
});

test.each([1, 7, 4_096, 2_000_000])('a header is read from pieces of %i bytes', async (length) => {
  expect((await readGguf(inPieces(file, length), 'tiny.gguf')).tensorOffset).toBe(file.length - 1_000);
});

test('a header of many megabytes is read, and little of what is behind it', async () => {
  const texts = Array.from({ length: 200_000 }, (_, id) => `token number ${id}`);
  const large = tinyGguf({ metadata: { 'tokenizer.ggml.tokens': { texts } }, tensorBytes: 20_000_000 });
  let read = 0;
  async function* counted() {
    for await (const piece of inPieces(large, 65_536)) {
      read += piece.length;
      yield piece;
    }
  }
  const { metadata, tensorOffset } = await readGguf(counted(), 'large.gguf');
  expect(metadata['tokenizer.ggml.tokens']).toMatchObject({ length: 200_000 });
  expect(tensorOffset).toBe(large.length - 20_000_000);
  expect(read).toBeLessThan(2 * tensorOffset + 1_100_000);
});

test('a stream that fails gives its own error, and is left', async () => {
  let isLeft = false;
  async function* failing() {
    try {
      yield file.subarray(0, 10);
      throw new Error('the disk is gone');
    } finally {
      isLeft = true;
    }
  }
  await expect(readGguf(failing(), 'x')).rejects.toThrow('the disk is gone');
  expect(isLeft).toBe(true);
});

test.each<[string, Buffer]>([
  ['It does not begin like one.', Buffer.from('<!doctype html><title>404</title>')],
  ['It has version 9', Buffer.from('GGUF\u0009\0\0\0', 'latin1')],
  ['It ends too early.', file.subarray(0, 200)],
  ['It ends too early.', Buffer.alloc(0)],
])('%s', async (why, bytes) => {
  await expect(readGguf(inPieces(bytes, 100), 'model.gguf')).rejects.toThrow(
    `model.gguf is no GGUF file that can be read. ${why}`,
  );
});

test('a header that never ends is refused before it takes all memory', async () => {
  const texts = 100_000;
  const key = Buffer.alloc(8 + 1 + 4 + 4 + 8);
  key.writeBigUInt64LE(1n, 0);
  key.writeUInt32LE(9, 9);
  key.writeUInt32LE(8, 13);
  key.writeBigUInt64LE(BigInt(texts), 17);
  let given = 0;
  async function* endless() {
    const start = Buffer.from(file.subarray(0, 24));
    start.writeBigUInt64LE(100_000n, 16);
    yield start;
    for (; ; given++) yield Buffer.concat([key, Buffer.alloc(texts * 8)]);
  }
  await expect(readGguf(endless(), 'x', { mostBytes: 4_000_000 })).rejects.toThrow(
    'x is no GGUF file that can be read. Its header does not end.',
  );
  expect(given).toBeLessThan(10);
});
