import { badDocument, type FetchDocumentOptions, fetchDocument } from './fetch-document.ts';

/** More than the manifest of a model with a hundred thousand chunks. */
const maxBytes = 32 * 1024 ** 2;

export interface FetchedJson {
  readonly json: unknown;
  readonly headers: Headers;
}

/**
 * Reads a small JSON document.
 * @throws OrillaError `catalog.unreachable` where the server doesn't give it, `catalog.bad-manifest` where it is no JSON; AbortError
 */
export async function fetchJson(url: string, options: Omit<FetchDocumentOptions, 'maxBytes'>): Promise<FetchedJson> {
  const { bytes, headers } = await fetchDocument(url, { ...options, maxBytes });
  try {
    return { json: JSON.parse(new TextDecoder().decode(bytes)), headers };
  } catch (error) {
    throw badDocument(url, 'is no JSON', error);
  }
}
