import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { FileSource } from './file-source.ts';
import { networkCode } from './network-code.ts';

export interface WebFileOptions {
  readonly fetch?: typeof fetch;
  readonly signal?: AbortSignal;
  /** The file's hash as Subresource Integrity writes it, e.g. `sha256-…`; what comes is held to it. */
  readonly integrity?: string | undefined;
}

/** A model library takes a few MB. */
const maxBytes = 64 * 1024 * 1024;

/**
 * One small file behind an address, fetched at once: nothing tells its size before.
 * @throws Error where it can't be had, is longer than 64 MiB, or is not the one of `integrity`; AbortError
 */
export async function openWebFile(
  url: URL,
  { fetch = globalThis.fetch, signal, integrity }: WebFileOptions = {},
): Promise<FileSource> {
  const path = basename(url.pathname);
  const name = url.origin + url.pathname;
  const content = await download(url, fetch, signal);
  if (integrity !== undefined) checkIntegrity(content, integrity, name);
  return {
    name,
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
    if (!response.ok || !response.body) {
      await response.body?.cancel();
      throw new Error(`${url.host} answered ${response.status} for ${url.pathname}.`);
    }
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

function checkIntegrity(content: Buffer, integrity: string, name: string): void {
  const [, kind, told] = /^(sha256|sha384|sha512)-([A-Za-z0-9+/]+={0,2})$/.exec(integrity) ?? [];
  if (!kind || !told) throw new Error(`${JSON.stringify(integrity)} is no hash that ${name} could be held to.`);
  if (createHash(kind).update(content).digest('base64') !== told)
    throw new Error(`${name} is not the file whose hash was told: it was changed, or damaged on its way.`);
}
