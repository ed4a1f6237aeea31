import type { DevicePackage, LoadProgress } from '@orilla/contract';
import { memoryBackend } from './backend/memory-backend.double.ts';
import type { WeightBackend } from './backend/weight-backend.ts';
import { bytesResponse, type Served, type WebDouble } from './network/web.double.ts';
import { WeightStore, type WeightStoreOptions } from './weight-store.ts';

/** A store in memory on a web of its own, in a tab that is alone. */
export function makeStore(network: WebDouble, options: Partial<WeightStoreOptions> = {}) {
  const backend = options.backend ?? memoryBackend();
  const store = new WeightStore({
    backend,
    // What the tabs tell each other is told at real times.
    network: { ...network, epochMs: Date.now },
    storage: null,
    locks: navigator.locks,
    broadcast: null,
    baseUrl: 'https://app.test/page/',
    hubUrl: 'https://hub.test',
    ...options,
  });
  const bring = (pkg: DevicePackage, signal = new AbortController().signal) => {
    const progress: LoadProgress[] = [];
    const brought = store.bring(pkg, { signal, onProgress: (step) => progress.push(step) });
    return { brought, progress };
  };
  return { store, backend, bring };
}

/** Tabs of one browser: they share a store, and hear of each other. */
export function makeTabs(
  count: number,
  network: WebDouble,
  { backend = memoryBackend(), epochMs = Date.now }: { backend?: WeightBackend; epochMs?: () => number } = {},
) {
  const name = `orilla-${crypto.randomUUID()}`;
  return Array.from({ length: count }, () =>
    makeStore(network, { backend, broadcast: new BroadcastChannel(name), network: { ...network, epochMs } }),
  );
}

export const until = async (isSo: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 1));
};

export const bytesOf = async (blob: Blob | undefined) => new Uint8Array((await blob?.arrayBuffer()) ?? []);

export const chunkCount = async (backend: WeightBackend) => (await backend.chunks.keys()).length;

/** Requests for the files of packages. */
export const fileRequests = (network: WebDouble) =>
  network.requests.filter(({ url }) => !url.endsWith('manifest.json'));

export interface EndingOptions {
  readonly backend: WeightBackend;
  readonly content: Uint8Array<ArrayBuffer>;
  /** Chunks that are in the store once what is given has arrived there. */
  readonly storedChunks: number;
}

/** Gives the first `bytes` of a file; whoever wants more is told that there is none, once all that is in the store. */
export const endingAfter =
  (bytes: number, { backend, content, storedChunks }: EndingOptions): Served =>
  async (request) => {
    if ((request.range?.start ?? 0) < bytes) return bytesResponse(content, request);
    while ((await chunkCount(backend)) < storedChunks) await new Promise((resolve) => setTimeout(resolve, 1));
    return new Response('', { status: 404 });
  };
