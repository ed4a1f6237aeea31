import fc from 'fast-check';
import { expect, test } from 'vitest';
import { writeGguf } from './gguf.double.ts';
import { parseGgufHeader, readGgufHeader } from './gguf-header.ts';

const entries = [
  ['general.architecture', 'llama'],
  ['general.name', 'Überprüfung 漢字'],
  ['tokenizer.ggml.add_bos_token', true],
  ['a.u8', 200, 'u8'],
  ['a.i32', -5, 'i32'],
  ['a.u32', 4_000_000_000, 'u32'],
  ['a.f32', 0.5, 'f32'],
  ['a.u64', 2 ** 40, 'u64'],
  ['a.i64', -(2 ** 40), 'i64'],
  ['a.f64', Math.PI, 'f64'],
  ['tokens', ['a', 'b', 'ġ', '']],
  ['types', [1, 3, 6], 'i32'],
  ['nothing', []],
] as const;
const file = writeGguf(entries);
const expected = new Map(entries.map(([key, value]) => [key, value]));

test('reads every type of metadata', () => {
  expect(parseGgufHeader(file.buffer)).toEqual(expected);
});

test('lists are read over where nobody wants them', () => {
  const plain = new Map([...expected].map(([key, value]) => [key, Array.isArray(value) ? null : value]));
  expect(parseGgufHeader(file.buffer, { withLists: false })).toEqual(plain);
  const short = file.buffer.slice(0, file.byteLength - 64 - 24);
  expect(parseGgufHeader(short, { withLists: false })).toBeNull();
});

test('version 2 reads the same; another one does not', () => {
  expect(parseGgufHeader(writeGguf(entries, { version: 2 }).buffer)).toEqual(expected);
  expect(() => parseGgufHeader(writeGguf(entries, { version: 1 }).buffer)).toThrow(/it has version 1/);
});

test('what does not begin like one is no GGUF', () => {
  expect(() => parseGgufHeader(writeGguf(entries, { magic: 'PK34' }).buffer)).toThrow(
    expect.objectContaining({ code: 'engine.load-failed' }),
  );
});

test('an unknown type ends the reading', () => {
  const broken = writeGguf([['a', true]]);
  // The type stands behind magic, version, two counts, and the key with its length.
  broken[4 + 4 + 8 + 8 + 8 + 1] = 99;
  expect(() => parseGgufHeader(broken.buffer)).toThrow(/unknown type 99/);
});

test('cut anywhere within the header, it says that there is more to come', () => {
  const header = file.length - 64;
  fc.assert(
    fc.property(fc.integer({ min: 0, max: header - 1 }), (length) => {
      expect(parseGgufHeader(file.buffer.slice(0, length))).toBeNull();
    }),
  );
});

test('a length beyond all measure takes no memory', () => {
  const lying = writeGguf([['a', [1, 2], 'u32']]);
  const view = new DataView(lying.buffer);
  view.setBigUint64(4 + 4 + 8 + 8 + 8 + 1 + 4 + 4, 2n ** 60n, true);
  expect(parseGgufHeader(lying.buffer)).toBeNull();
});

test('whatever the bytes, it ends with a header, a request for more, or an error of ours', () => {
  fc.assert(
    fc.property(fc.integer({ min: 4, max: file.length - 1 }), fc.integer({ min: 0, max: 255 }), (at, value) => {
      const bytes = Uint8Array.from(file);
      bytes[at] = value;
      try {
        parseGgufHeader(bytes.buffer);
      } catch (error) {
        expect(error).toMatchObject({ code: 'engine.load-failed' });
      }
    }),
    { numRuns: 500 },
  );
});

test('asks for more of the file until it has the whole header', async () => {
  const tokens = Array.from({ length: 120_000 }, (_, id) => `a-rather-long-token-${id}`);
  const large = writeGguf([['tokens', tokens]]);
  const asked: number[] = [];
  const header = await readGgufHeader(async (bytes) => {
    asked.push(bytes);
    return new Blob([large.slice(0, bytes)]);
  });
  expect(header.get('tokens')).toHaveLength(120_000);
  expect(asked).toEqual([1, 2, 4].map((mib) => mib * 1024 ** 2));
});

test('a file that ends within its header is no GGUF', async () => {
  await expect(readGgufHeader(async () => new Blob([file.slice(0, 100)]))).rejects.toMatchObject({
    code: 'engine.load-failed',
  });
});
