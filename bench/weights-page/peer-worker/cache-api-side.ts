import type { Weights } from '../weights.ts';
import { timed, type WeightsSide } from '../weights-side.ts';

const cacheName = 'weights';

/** The least that a browser can be asked for: a fetch into the Cache API, and all of it out again, as Transformers.js has it. */
export function cacheApiSide({ bytes, fileUrl }: Weights): WeightsSide {
  return {
    download: () =>
      timed(async () => {
        const response = await fetch(fileUrl);
        if (!response.ok) throw new Error(`The file could not be fetched: status ${response.status}.`);
        await (await caches.open(cacheName)).put(fileUrl, response);
      }),
    open: () =>
      timed(async () => {
        const stored = await (await caches.open(cacheName)).match(fileUrl);
        const read = (await stored?.arrayBuffer())?.byteLength ?? 0;
        if (read !== bytes) throw new Error(`Of ${bytes} bytes ${read} were there.`);
      }),
    empty: async () => {
      await caches.delete(cacheName);
    },
  };
}
