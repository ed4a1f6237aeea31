import * as published from '@mlc-ai/web-llm';

/** What WebLLM's loader tells while it fetches, and again while it reads. */
export interface WebLlmProgress {
  /** Of the bytes, 0…1. */
  readonly progress: number;
}

/** As much of an instance of WebLLM's runtime as its loader uses where no tensor is named. */
export interface WebLlmLoader {
  readonly initProgressCallback: readonly ((report: WebLlmProgress) => void)[];
  readonly env: { readonly logger: (message: string) => void };
  fetchTensorCache(
    url: string,
    device: { readonly deviceType: number },
    options: { readonly cacheScope: string; readonly cacheType: 'cache' },
  ): Promise<void>;
}

export interface WebLlmRuntime {
  readonly Instance: { readonly prototype: Pick<WebLlmLoader, 'fetchTensorCache'> };
}

/**
 * The runtime inside WebLLM, which has its caches. WebLLM exports no way to them but loading a whole model onto a GPU; the bench's build adds
 * this one export (`expose-web-runtime.ts`).
 * @throws Error where that was not done
 */
export function webLlmRuntime(): WebLlmRuntime {
  // What its types don't know of.
  const { webRuntime } = published as unknown as { readonly webRuntime?: WebLlmRuntime };
  if (!webRuntime) throw new Error('WebLLM was built without the export of its runtime.');
  return webRuntime;
}
