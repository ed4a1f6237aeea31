import { Readable } from 'node:stream';
import type { ReadableStream as NodeReadableStream } from 'node:stream/web';
import { networkCode } from '../files/network-code.ts';
import type { MirrorReader, StepOptions } from './mirror-reader.ts';

export interface WebMirrorOptions {
  readonly fetch?: typeof fetch;
}

/** A mirror behind an address, as browsers see it: it can be read, and does not tell what it holds. */
export class WebMirror implements MirrorReader {
  readonly name: string;
  readonly #base: string;
  readonly #fetch: typeof fetch;

  constructor(url: URL, { fetch = globalThis.fetch }: WebMirrorOptions = {}) {
    this.#base = url.href.replace(/\/?$/, '/');
    this.name = this.#base;
    this.#fetch = fetch;
  }

  async listFiles(): Promise<null> {
    return null;
  }

  async readFile(path: string, { signal }: StepOptions = {}): Promise<AsyncIterable<Uint8Array> | null> {
    const url = new URL(path.split('/').map(encodeURIComponent).join('/'), this.#base);
    const response = await this.#fetch(url, signal ? { signal } : {}).catch((error: unknown) => {
      if (signal?.aborted) throw signal.reason;
      const code = networkCode(error);
      if (code === undefined) throw error;
      throw new Error(`${url.host} can't be reached (${code}). Check the address, and that the mirror runs.`);
    });
    if (response.status === 404 || response.status === 410) {
      await response.body?.cancel();
      return null;
    }
    if (!response.ok) {
      await response.body?.cancel();
      throw new Error(`${url.host} answered ${response.status} for ${path}.`);
    }
    // Node's fetch gives Node's own streams; the types know of two kinds.
    return response.body ? Readable.fromWeb(response.body as NodeReadableStream<Uint8Array>) : Readable.from([]);
  }
}
