import { expect, test } from 'vitest';
import { sampleBytes, sha256Hex } from '../sample-package.double.ts';
import { sha256 } from './sha256.ts';

const sizes = [0, 1, 63, 64, 65, 100_000];

test.each(sizes)('hashes %i bytes as Node does, with WebCrypto and without it', async (size) => {
  const bytes = sampleBytes(size);
  expect(await sha256(bytes)).toBe(sha256Hex(bytes));
  expect(await sha256(bytes, { subtle: null })).toBe(sha256Hex(bytes));
});
