import { expect, test } from 'vitest';
import { memoryBackend } from '../backend/memory-backend.double.ts';
import { sampleBytes, sha256Hex } from '../sample-package.double.ts';
import { readPiece } from './read-piece.ts';

const bytes = sampleBytes(100);
const sha256 = sha256Hex(bytes);

test('gives the bytes', async () => {
  const backend = memoryBackend();
  await backend.chunks.put(sha256, new Blob([bytes]));
  expect(await readPiece({ sha256 }, backend)).toEqual(bytes);
});

test('gives nothing where it is not there, or not known', async () => {
  expect(await readPiece({ sha256 }, memoryBackend())).toBeNull();
  expect(await readPiece({ sha256: null }, memoryBackend())).toBeNull();
});

test('what has other bytes than it should is removed', async () => {
  const backend = memoryBackend();
  await backend.chunks.put(sha256, new Blob([bytes.map((byte, at) => (at === 50 ? ~byte : byte))]));
  expect(await readPiece({ sha256 }, backend)).toBeNull();
  expect(await backend.chunks.keys()).toEqual([]);
});

test('so is what the disk does not give back', async () => {
  const backend = memoryBackend();
  await backend.chunks.put(sha256, new Blob([bytes]));
  const unreadable = Object.assign(new Blob([bytes]), {
    arrayBuffer: () => Promise.reject(new DOMException('gone', 'NotReadableError')),
  });
  const failing = { chunks: { ...backend.chunks, get: async () => unreadable } };
  expect(await readPiece({ sha256 }, failing)).toBeNull();
  expect(await backend.chunks.keys()).toEqual([]);
});
