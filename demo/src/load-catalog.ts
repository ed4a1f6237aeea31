import { type Catalog, OrillaError, parseCatalog } from '@orilla/contract';
import { defaultCatalog } from './catalog.ts';

/** Where the relay that serves this page gives the organization's own catalog. */
export const catalogUrl = '/orilla/v1/catalog';

interface LoadCatalogOptions {
  readonly fetch?: typeof fetch;
  /** A server that is slower than this keeps nobody from asking. */
  readonly timeoutMs?: number;
}

/**
 * The models that the organization offers to its readers; the default ones where it says nothing, or can't be reached.
 * @throws OrillaError `catalog.bad-catalog` where what it says can't be used
 */
export async function loadCatalog(options: LoadCatalogOptions = {}): Promise<Catalog> {
  const { fetch = globalThis.fetch, timeoutMs = 4_000 } = options;
  let text: string;
  try {
    const response = await fetch(catalogUrl, { signal: AbortSignal.timeout(timeoutMs) });
    if (!response.ok) return defaultCatalog;
    text = await response.text();
  } catch {
    return defaultCatalog; // no connection, or too slow: this device may still answer
  }
  const catalog = parseCatalog(readJson(text));
  if (Object.keys(catalog.models).length > 0) return catalog;
  throw badCatalog('it has no models');
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw badCatalog('it is not JSON');
  }
}

const badCatalog = (why: string) =>
  new OrillaError('catalog.bad-catalog', `The catalog of models can't be used: ${why}.`, {
    advice: 'Mend the catalog; docs/catalog.md shows its form.',
  });
