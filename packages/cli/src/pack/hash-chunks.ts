import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Chunk } from '@orilla/contract';
import type { ChunkRange } from './chunk-ranges.ts';

export interface HashedFile {
  /** Of the whole file, lower-case hex. */
  readonly sha256: string;
  readonly chunks: readonly Chunk[];
}

/** Hashes a file and its chunks in one pass, whatever their size in a constant amount of memory. @throws AbortError */
export async function hashChunks(
  path: string,
  ranges: readonly ChunkRange[],
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<HashedFile> {
  const whole = createHash('sha256');
  const chunks: Chunk[] = [];
  let hash = createHash('sha256');
  let filled = 0;
  try {
    for await (const part of createReadStream(path, { highWaterMark: 1024 * 1024, signal }) as AsyncIterable<Buffer>) {
      whole.update(part);
      for (let start = 0; start < part.length; ) {
        const range = ranges[chunks.length];
        if (!range) throw new Error(`${path} is longer than it was. Is something writing it?`);
        const take = Math.min(range.length - filled, part.length - start);
        hash.update(part.subarray(start, start + take));
        filled += take;
        start += take;
        if (filled < range.length) continue;
        chunks.push({ ...range, sha256: hash.digest('hex') });
        hash = createHash('sha256');
        filled = 0;
      }
    }
  } catch (error) {
    throw signal?.aborted ? signal.reason : error;
  }
  if (chunks.length < ranges.length) throw new Error(`${path} is shorter than it was. Is something writing it?`);
  return { sha256: whole.digest('hex'), chunks };
}
