import type { Weights } from '../weights.ts';
import { timed, type WeightsSide } from '../weights-side.ts';
import { readBlob } from './read-blob.ts';
import { ModelManager } from './wllama-cache.ts';

/** wllama's own store, by the calls that its `loadModelFromUrl` makes. Like its engine, the reader takes Blobs. */
export function wllamaSide({ bytes, fileUrl: url }: Weights): WeightsSide {
  const silent = { debug: ignore, log: ignore, warn: ignore, error: ignore };
  const manager = new ModelManager({ logger: silent });
  return {
    download: () => timed(() => manager.getModelOrDownload({ url })),
    open: () =>
      timed(async () => {
        const [model, ...others] = await manager.getModels();
        if (!model || others.length > 0) throw new Error('wllama has no model stored.');
        let read = 0;
        for (const blob of await model.open()) read += await readBlob(blob);
        if (read !== bytes) throw new Error(`Of ${bytes} bytes ${read} were there.`);
      }),
    empty: () => manager.clear(),
  };
}

function ignore(): void {
  // its log is not what is measured
}
