import { expect, test } from 'vitest';
import { sampleBytes, sha256Hex } from '../sample-package.double.ts';
import { sha256, sha256OfBlob } from './sha256.ts';

const signal = new AbortController().signal;
const sizes = [0, 1, 63, 64, 65, 100_000];

test.each(sizes)('hashes %i bytes as Node does, with WebCrypto and without it', async (size) => {
  const bytes = sampleBytes(size);
  expect(await sha256(bytes)).toBe(sha256Hex(bytes));
  expect(await sha256(bytes, { subtle: null })).toBe(sha256Hex(bytes));
});

test.each(sizes)('hashes a Blob of %i bytes piece by piece', async (size) => {
  const bytes = sampleBytes(size);
  const half = Math.floor(size / 2);
  const blob = new Blob([bytes.subarray(0, half), bytes.subarray(half)]);
  expect(await sha256OfBlob(blob, { signal })).toBe(sha256Hex(bytes));
});

test('an abort ends the hashing of a Blob', async () => {
  await expect(sha256OfBlob(new Blob([sampleBytes(100)]), { signal: AbortSignal.abort() })).rejects.toMatchObject({
    name: 'AbortError',
  });
});
