import type { WeightFiles } from '@orilla/contract';
import { badPackage } from '../package/read-package.ts';

/** Where WebLLM looks for a model before it would fetch it. */
const scopes: ReadonlySet<string> = new Set(['webllm/config', 'webllm/wasm', 'webllm/model']);

/** An address that leads nowhere, should anybody follow it. */
const root = 'https://store.invalid/model/resolve/main/';

/** The address by which WebLLM asks for a file of the package. */
export function addressOf(path: string): string {
  return root + path.split('/').map(encodeURIComponent).join('/');
}

export interface ServeOptions {
  readonly signal: AbortSignal;
  /** The browser's, where WebLLM looks. */
  readonly caches: Pick<CacheStorage, 'open'>;
}

/**
 * While `work` runs, WebLLM finds the verified files in the caches where it looks for them: nothing is written there, so that no second
 * copy takes room on the disk and none is left behind, whatever happens. There is no such hook in WebLLM itself; caches by other names
 * are opened as ever.
 * @throws OrillaError `engine.load-failed` where WebLLM asks for a file that is not in the package; what `work` throws
 */
export async function withServedFiles<T>(
  files: WeightFiles,
  options: ServeOptions,
  work: () => Promise<T>,
): Promise<T> {
  const { caches, signal } = options;
  const own = Object.getOwnPropertyDescriptor(caches, 'open');
  const open = caches.open.bind(caches);
  // The rest of a cache is never asked for: to what is there nothing is added.
  const served = new ServedCache(files, signal) as unknown as Cache;
  caches.open = async (name) => (scopes.has(name) ? served : open(name));
  try {
    return await work();
  } finally {
    if (own) Object.defineProperty(caches, 'open', own);
    else Reflect.deleteProperty(caches, 'open');
  }
}

class ServedCache {
  readonly #files: ReadonlyMap<string, Blob>;
  readonly #signal: AbortSignal;

  constructor(files: WeightFiles, signal: AbortSignal) {
    this.#files = new Map([...files].map(([path, blob]) => [addressOf(path), blob]));
    this.#signal = signal;
  }

  async keys(): Promise<readonly Request[]> {
    return [...this.#files.keys()].map((url) => new Request(url));
  }

  async match(request: RequestInfo | URL): Promise<Response> {
    this.#signal.throwIfAborted();
    const url = request instanceof Request ? request.url : String(request);
    const blob = this.#files.get(url);
    if (blob) return new Response(blob);
    throw badPackage(`${url.startsWith(root) ? decodeURIComponent(url.slice(root.length)) : 'a file'} is missing`);
  }
}
