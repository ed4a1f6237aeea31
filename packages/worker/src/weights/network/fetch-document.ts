import { OrillaError } from '@orilla/contract';
import type { Network } from './network.ts';
import { isHtml, openResponse } from './read-response.ts';
import { Interruption, withRetry } from './with-retry.ts';

export interface FetchDocumentOptions {
  readonly network: Network;
  readonly signal: AbortSignal;
  /** A larger one is refused. */
  readonly maxBytes: number;
}

export interface FetchedDocument {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly headers: Headers;
}

/**
 * Reads a small document that says what a model consists of.
 * @throws OrillaError `catalog.unreachable` where the server doesn't give it, `catalog.bad-manifest` where it can't be one; AbortError
 */
export async function fetchDocument(url: string, options: FetchDocumentOptions): Promise<FetchedDocument> {
  return withRetry(() => fetchOnce(url, options), options).catch((error: unknown) => {
    throw error instanceof Interruption ? unreachable(url, error.message, error) : error;
  });
}

async function fetchOnce(url: string, options: FetchDocumentOptions): Promise<FetchedDocument> {
  const opened = await openResponse(url, options);
  const { response } = opened;
  if (!response.ok) {
    opened.drop();
    throw unreachable(url, `${new URL(url).origin} answered with status ${response.status}`);
  }
  if (isHtml(response)) {
    opened.drop();
    throw badDocument(url, 'is a web page');
  }
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  for await (const piece of opened.read()) {
    bytes += piece.byteLength;
    if (bytes > options.maxBytes) throw badDocument(url, `is larger than ${options.maxBytes} bytes`);
    pieces.push(Uint8Array.from(piece));
  }
  return { bytes: new Uint8Array(await new Blob(pieces).arrayBuffer()), headers: response.headers };
}

function unreachable(url: string, why: string, cause?: unknown): OrillaError {
  return new OrillaError('catalog.unreachable', `What the model consists of can't be read: ${why} (${pathOf(url)}).`, {
    advice: 'Check the connection and try again.',
    cause,
  });
}

/** For a document that is not what it should be; `why` goes on from its path. */
export function badDocument(url: string, why: string, cause?: unknown): OrillaError {
  const { origin } = new URL(url);
  return new OrillaError(
    'catalog.bad-manifest',
    `What ${origin} says of the model can't be used: ${pathOf(url)} ${why}.`,
    { advice: 'Check that the address in the catalog is a model mirror or a hub, and not an error page.', cause },
  );
}

const pathOf = (url: string) => new URL(url).pathname;
