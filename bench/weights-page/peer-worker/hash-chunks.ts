import type { Weights } from '../weights.ts';
import { timed } from '../weights-side.ts';

type Hashed = Pick<Weights, 'bytes' | 'chunkBytes' | 'fileUrl'>;

/** How long SHA-256 of every chunk takes, one after the other, without what it takes to fetch them. Milliseconds. */
export async function hashChunks(
  { bytes, chunkBytes, fileUrl }: Hashed,
  {
    fetch = globalThis.fetch,
    time = timed,
  }: { readonly fetch?: typeof globalThis.fetch; readonly time?: typeof timed } = {},
): Promise<number> {
  let spentMs = 0;
  for (let at = 0; at < bytes; at += chunkBytes) {
    const end = Math.min(at + chunkBytes, bytes) - 1;
    const response = await fetch(fileUrl, { headers: { Range: `bytes=${at}-${end}` } });
    if (response.status !== 206) throw new Error(`A chunk could not be fetched: status ${response.status}.`);
    const chunk = await response.arrayBuffer();
    spentMs += await time(() => crypto.subtle.digest('SHA-256', chunk));
  }
  return spentMs;
}
