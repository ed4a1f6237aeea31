import { setTimeout as delay } from 'node:timers/promises';
import { fileDownloadInfo } from '@huggingface/hub';
import type { ReadFileOptions } from './file-source.ts';
import { explainHubError, HubStatus, statusOf } from './hub-error.ts';
import { withToken } from './hub-fetch.ts';
import { networkCode } from './network-code.ts';

export interface HubFile {
  readonly repo: { readonly type: 'model'; readonly name: string };
  readonly path: string;
  readonly revision: string;
  readonly hubUrl: string;
}

export interface ReadHubFileOptions extends ReadFileOptions {
  readonly fetch: typeof fetch;
  readonly token?: string | undefined;
  readonly retryDelayMs?: number;
}

/** In a row, without a byte between. */
const mostTries = 5;

/**
 * Streams a file of a repository from `start` to its end. A connection that drops is taken up again where it was.
 * @throws Error where the hub does not have it, or nothing comes after several tries; AbortError
 */
export async function* readHubFile(file: HubFile, options: ReadHubFileOptions): AsyncGenerator<Uint8Array> {
  const { signal, retryDelayMs = 1_000 } = options;
  let at = options.start ?? 0;
  let tries = 0;
  for (;;) {
    try {
      signal?.throwIfAborted();
      for await (const piece of open(file, { ...options, start: at })) {
        at += piece.length;
        tries = 0;
        yield piece;
      }
      return;
    } catch (error) {
      signal?.throwIfAborted();
      const name = `hf:${file.repo.name}@${file.revision}/${file.path}`;
      if (!isPassing(error) || ++tries >= mostTries) throw explainHubError(error, name);
      await delay(retryDelayMs * 2 ** (tries - 1), undefined, signal ? { signal } : {});
    }
  }
}

/** Worth another try: a dropped connection, a server that has too much to do. */
function isPassing(error: unknown): boolean {
  const status = statusOf(error);
  return status === undefined ? networkCode(error) !== undefined : status === 408 || status === 429 || status >= 500;
}

async function* open(file: HubFile, options: ReadHubFileOptions): AsyncGenerator<Uint8Array> {
  const { fetch, token, signal, start = 0 } = options;
  const hubFetch = withToken(fetch, file.hubUrl, token, signal);
  const info = await fileDownloadInfo({ ...file, fetch: hubFetch });
  if (!info) throw new HubStatus(404);
  if (start === info.size) return;
  const response = await hubFetch(info.url, {
    // Bytes as they are: one that is packed on the way has other places.
    headers: { 'accept-encoding': 'identity', ...(start > 0 && { range: `bytes=${start}-` }) },
  });
  if (!response.ok || !response.body) {
    await response.body?.cancel();
    throw new HubStatus(response.status);
  }
  if (start > 0 && response.status !== 206) {
    await response.body.cancel();
    throw new Error(
      `${file.hubUrl} does not send parts of files, so that ${file.path} can't be continued. Remove its .part.`,
    );
  }
  if (start > 0 && Number(/^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '')?.[1]) !== start) {
    await response.body.cancel();
    throw new Error(`${file.hubUrl} sent another part of ${file.path} than the one from byte ${start} on. Try again.`);
  }
  let received = start;
  // A web stream can be walked in Node.
  for await (const piece of response.body as AsyncIterable<Uint8Array> & typeof response.body) {
    received += piece.length;
    yield piece;
  }
  // A body without a length ends like this where the connection drops.
  if (received < info.size) throw new TypeError('The connection ended early.');
}
