import type { StorageKind } from '@orilla/contract';

// What happens in a worker of the measured page. The store is imported by its address there: a bench has no other way into a package.

/** The store, as far as it is measured. */
interface MeasuredBackend {
  readonly chunks: {
    put(key: string, value: Blob): Promise<void>;
    keys(): Promise<readonly string[]>;
    getMany(keys: readonly string[]): Promise<readonly (Blob | undefined)[]>;
  };
}

export interface MeasuredStore {
  /** Of `open-backend.ts`, on the page's origin. */
  readonly module: string;
  readonly kind: StorageKind;
  readonly bytes: number;
  readonly chunkBytes: number;
}

/** Milliseconds since the store was asked for. */
export interface OpenTimes {
  /** Until there is a Blob of everything. */
  readonly openMs: number;
  /** Until its last byte was in memory, read in pieces as long as a chunk. */
  readonly readMs: number;
}

/** Fills a store with random chunks. @returns milliseconds that the writing took */
export async function fill({ bytes, chunkBytes, ...store }: MeasuredStore): Promise<number> {
  const openStore = await openerOf(store);
  const { chunks } = await openStore();
  let spentMs = 0;
  for (let at = 0; at < bytes; at += chunkBytes) {
    const chunk = new Blob([randomBytes(Math.min(chunkBytes, bytes - at))]);
    const startMs = performance.now();
    await chunks.put(`chunk-${at}`, chunk);
    spentMs += performance.now() - startMs;
  }
  return spentMs;
}

/** @throws Error where there are not as many bytes as were written */
export async function openAndRead({ bytes, chunkBytes, ...store }: MeasuredStore): Promise<OpenTimes> {
  const openStore = await openerOf(store);
  const startMs = performance.now();
  const { chunks } = await openStore();
  // What opening a package does: what is there, and all of it in one Blob.
  await chunks.keys();
  const keys = Array.from({ length: Math.ceil(bytes / chunkBytes) }, (_, index) => `chunk-${index * chunkBytes}`);
  const whole = new Blob((await chunks.getMany(keys)).map((chunk) => chunk ?? ''));
  const openMs = performance.now() - startMs;
  let read = 0;
  for (let at = 0; at < whole.size; at += chunkBytes)
    read += (await whole.slice(at, at + chunkBytes).arrayBuffer()).byteLength;
  const readMs = performance.now() - startMs;
  if (read !== bytes) throw new Error(`The store gave ${read} of ${bytes} bytes.`);
  return { openMs, readMs };
}

/** Fetches the code, whose loading is not what is measured. */
async function openerOf({
  module,
  kind,
}: Pick<MeasuredStore, 'module' | 'kind'>): Promise<() => Promise<MeasuredBackend>> {
  const { openBackend } = await import(/* @vite-ignore */ module);
  return () => openBackend({ kind, name: `bench-${kind}` });
}

function randomBytes(length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  // More at once it does not give.
  for (let at = 0; at < length; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
  return bytes;
}
