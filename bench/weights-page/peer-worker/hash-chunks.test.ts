import { expect, test } from 'vitest';
import { hashChunks } from './hash-chunks.ts';

const weights = { bytes: 25, chunkBytes: 10, fileUrl: 'https://bench.test/model.gguf' };

test('asks for every chunk, the last one shorter, and adds up what hashing them took', async () => {
  const ranges: (string | null)[] = [];
  const fetch = async (_: unknown, init?: RequestInit) => {
    ranges.push(new Headers(init?.headers).get('Range'));
    return new Response(new Uint8Array(10), { status: 206 });
  };
  const time = async (work: () => Promise<unknown>) => {
    expect(await work()).toBeInstanceOf(ArrayBuffer);
    return 4;
  };
  expect(await hashChunks(weights, { fetch, time })).toBe(12);
  expect(ranges).toEqual(['bytes=0-9', 'bytes=10-19', 'bytes=20-24']);
});

test('hashes nothing that is no chunk', async () => {
  const fetch = async () => new Response('gone', { status: 404 });
  await expect(hashChunks(weights, { fetch })).rejects.toThrow('status 404');
});
