import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ChunkHasher, hashStream } from './chunk-hasher.ts';
import { chunkRanges } from './chunk-ranges.ts';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const bytes = Uint8Array.from({ length: 5_000 }, (_, index) => (index * 7) % 251);

function hash(content: Uint8Array, ranges: readonly { offset: number; length: number }[], pieces: readonly number[]) {
  const hasher = new ChunkHasher(ranges);
  let at = 0;
  for (const length of pieces) {
    hasher.update(content.subarray(at, at + length));
    at += length;
  }
  hasher.update(content.subarray(at));
  return hasher.finish();
}

test('chunks are hashed right wherever a piece ends', () => {
  fc.assert(
    fc.property(fc.nat(5_500), fc.integer({ min: 1, max: 900 }), fc.array(fc.nat(700)), (restart, length, pieces) => {
      const ranges = chunkRanges(bytes.length, restart, length);
      expect(hash(bytes, ranges, pieces)).toEqual({
        bytes: bytes.length,
        sha256: sha256(bytes),
        chunks: ranges.map((range) => ({
          ...range,
          sha256: sha256(bytes.subarray(range.offset, range.offset + range.length)),
        })),
      });
    }),
  );
});

test('a file that is shorter has the chunks that are whole, one that is longer all of them', () => {
  const ranges = chunkRanges(2_000, 0, 1_000);
  expect(hash(bytes.subarray(0, 1_999), ranges, []).chunks).toHaveLength(1);
  const longer = hash(bytes.subarray(0, 2_001), ranges, []);
  expect(longer.chunks).toHaveLength(2);
  expect([longer.bytes, longer.sha256]).toEqual([2_001, sha256(bytes.subarray(0, 2_001))]);
});

test('nothing has the hash of nothing, and no chunk', () => {
  expect(hash(bytes.subarray(0, 0), [], [])).toEqual({ bytes: 0, sha256: sha256(Buffer.alloc(0)), chunks: [] });
});

test('a stream is hashed as it comes, and told of', async () => {
  async function* stream() {
    yield bytes.subarray(0, 10);
    yield bytes.subarray(10);
  }
  const told: number[] = [];
  expect((await hashStream(stream(), [], (count) => told.push(count))).sha256).toBe(sha256(bytes));
  expect(told).toEqual([10, 4_990]);
});
