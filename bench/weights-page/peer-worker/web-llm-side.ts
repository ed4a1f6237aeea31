import type { Weights } from '../weights.ts';
import { timed, type WeightsSide } from '../weights-side.ts';
import { type WebLlmLoader, type WebLlmProgress, webLlmRuntime } from './web-llm-runtime.ts';

/** As WebLLM calls its own. */
const scope = 'webllm/model';
const cpu = { deviceType: 1 } as const;

/**
 * WebLLM's own loader with its default cache: the very code that its `reload` runs. Of what it loads no tensor is named, so that it reads every
 * shard into memory and copies nothing from there onto a GPU.
 */
export function webLlmSide({ webLlmUrl }: Weights): WeightsSide {
  const { prototype } = webLlmRuntime().Instance;
  const load = (onProgress: (report: WebLlmProgress) => void) => {
    const loader: WebLlmLoader = Object.assign(Object.create(prototype), {
      initProgressCallback: [onProgress],
      env: { logger: () => undefined },
    });
    return loader.fetchTensorCache(webLlmUrl, cpu, { cacheScope: scope, cacheType: 'cache' });
  };
  return {
    // One call fetches everything and then reads it again; its progress is whole for the first time in between.
    async download() {
      const start = performance.now();
      let stored: number | undefined;
      await load(({ progress }) => {
        if (progress >= 1) stored ??= performance.now();
      });
      if (stored === undefined) throw new Error('WebLLM did not tell when everything was stored.');
      return stored - start;
    },
    open: () => timed(() => load(() => undefined)),
    empty: async () => {
      await caches.delete(scope);
    },
  };
}
