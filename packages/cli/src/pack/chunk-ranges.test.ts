import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chunkRanges } from './chunk-ranges.ts';

test('the header has chunks of its own, and counting restarts at the first tensor', () => {
  expect(chunkRanges(25, 7, 10)).toEqual([
    { offset: 0, length: 7 },
    { offset: 7, length: 10 },
    { offset: 17, length: 8 },
  ]);
});

test('a header longer than a chunk has several', () => {
  expect(chunkRanges(25, 12, 10)).toEqual([
    { offset: 0, length: 10 },
    { offset: 10, length: 2 },
    { offset: 12, length: 10 },
    { offset: 22, length: 3 },
  ]);
});

test('a file without a header, without tensors, or without anything', () => {
  expect(chunkRanges(10, 0, 10)).toEqual([{ offset: 0, length: 10 }]);
  expect(chunkRanges(10, 10, 10)).toEqual([{ offset: 0, length: 10 }]);
  expect(chunkRanges(0, 0, 10)).toEqual([]);
});

test('chunks cover the file without gap or overlap, none too long, and none across the first tensor', () => {
  fc.assert(
    fc.property(fc.nat(10_000), fc.nat(12_000), fc.integer({ min: 1, max: 500 }), (bytes, offset, length) => {
      const chunks = chunkRanges(bytes, offset, length);
      let end = 0;
      for (const chunk of chunks) {
        expect(chunk.offset).toBe(end);
        expect(chunk.length).toBeGreaterThan(0);
        expect(chunk.length).toBeLessThanOrEqual(length);
        end += chunk.length;
      }
      expect(end).toBe(bytes);
      if (offset > 0 && offset < bytes) expect(chunks.some((chunk) => chunk.offset === offset)).toBe(true);
    }),
  );
});

test('a longer header moves the tensors but not where they are cut', () => {
  const after = (offset: number) =>
    chunkRanges(1_000 + offset, offset, 64)
      .filter((chunk) => chunk.offset >= offset)
      .map((chunk) => [chunk.offset - offset, chunk.length]);
  expect(after(150)).toEqual(after(37));
});
