import { basename } from 'node:path';
import type { FileSource } from './file-source.ts';
import { networkCode } from './network-code.ts';

export interface WebFileOptions {
  readonly fetch?: typeof fetch;
  readonly signal?: AbortSignal;
}

/** A model library takes a few MB. */
const maxBytes = 64 * 1024 * 1024;

/**
 * One small file behind an address, fetched at once: nothing tells its size before.
 * @throws Error where it can't be had, or is longer than 64 MiB; AbortError
 */
export async function openWebFile(
  url: URL,
  { fetch = globalThis.fetch, signal }: WebFileOptions = {},
): Promise<FileSource> {
  const path = basename(url.pathname);
  const content = await download(url, fetch, signal);
  return {
    name: url.origin + url.pathname,
    modelName: path,
    files: [{ path, bytes: content.length }],
    async *read(_, { start = 0, signal: reading } = {}) {
      reading?.throwIfAborted();
      yield content.subarray(start);
    },
  };
}

async function download(url: URL, fetch: typeof globalThis.fetch, signal: AbortSignal | undefined): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  try {
    const response = await fetch(url, signal ? { signal } : {});
    if (!response.ok || !response.body) throw new Error(`${url.host} answered ${response.status} for ${url.pathname}.`);
    // A web stream can be walked in Node.
    for await (const piece of response.body as AsyncIterable<Uint8Array> & typeof response.body) {
      bytes += piece.length;
      if (bytes > maxBytes) throw new Error(`${url.pathname} at ${url.host} is longer than ${maxBytes} bytes.`);
      pieces.push(piece);
    }
  } catch (error) {
    signal?.throwIfAborted();
    const code = networkCode(error);
    throw code === undefined ? error : new Error(`${url.host} can't be reached (${code}). Check the address.`);
  }
  return Buffer.concat(pieces);
}
