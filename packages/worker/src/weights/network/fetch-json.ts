import { OrillaError } from '@orilla/contract';
import type { Network } from './network.ts';
import { isHtml, openResponse } from './read-response.ts';
import { Interruption, withRetry } from './with-retry.ts';

/** More than the manifest of a model with a hundred thousand chunks. */
const maxBytes = 32 * 1024 ** 2;

/**
 * Reads a small JSON document.
 * @throws OrillaError `catalog.unreachable` where the server doesn't give it, `catalog.bad-manifest` where it is no JSON; AbortError
 */
export async function fetchJson(
  url: string,
  { network, signal }: { readonly network: Network; readonly signal: AbortSignal },
): Promise<unknown> {
  const text = await withRetry(() => fetchText(url, { network, signal }), { network, signal }).catch(
    (error: unknown) => {
      throw error instanceof Interruption ? unreachable(url, error.message, error) : error;
    },
  );
  try {
    return JSON.parse(text);
  } catch (error) {
    throw badDocument(url, 'is no JSON', error);
  }
}

async function fetchText(
  url: string,
  options: { readonly network: Network; readonly signal: AbortSignal },
): Promise<string> {
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
    if (bytes > maxBytes) throw badDocument(url, `is larger than ${maxBytes} bytes`);
    pieces.push(Uint8Array.from(piece));
  }
  return new Blob(pieces).text();
}

function unreachable(url: string, why: string, cause?: unknown): OrillaError {
  return new OrillaError('catalog.unreachable', `What the model consists of can't be read: ${why} (${pathOf(url)}).`, {
    advice: 'Check the connection and try again.',
    cause,
  });
}

function badDocument(url: string, why: string, cause?: unknown): OrillaError {
  const { origin } = new URL(url);
  return new OrillaError(
    'catalog.bad-manifest',
    `What ${origin} says of the model can't be used: ${pathOf(url)} ${why}.`,
    {
      advice: 'Check that the address is a model mirror and not an error page.',
      cause,
    },
  );
}

const pathOf = (url: string) => new URL(url).pathname;
