import { type Catalog, OrillaError, parseCatalog } from '@orilla/contract';
import { defaultCatalog } from './catalog.ts';
import type { Setting } from './features/settings/setting.ts';

/** Where the relay that serves this page gives the organization's own catalog. */
export const catalogUrl = '/orilla/v1/catalog';

interface LoadCatalogOptions {
  /** Keeps the catalog as it was last, for when the server can't be reached. */
  readonly last: Setting;
  readonly fetch?: typeof fetch;
  /** A server that is slower than this keeps nobody from asking. */
  readonly timeoutMs?: number;
}

/**
 * The models that the organization offers to its readers: as it says now, as it said last where it can't be reached, and the
 * default ones where it has none.
 * @throws OrillaError `catalog.bad-catalog` where what it says can't be used
 */
export async function loadCatalog(options: LoadCatalogOptions): Promise<Catalog> {
  const { last, fetch = globalThis.fetch, timeoutMs = 4_000 } = options;
  let text: string;
  try {
    const response = await fetch(catalogUrl, { signal: AbortSignal.timeout(timeoutMs) });
    // Only this says that there is none; any other failure is one of the moment.
    if (response.status === 404) return defaultCatalog;
    if (!response.ok) return lastCatalog(last);
    text = await response.text();
  } catch {
    return lastCatalog(last); // no connection, or too slow: this device may still answer
  }
  const catalog = readCatalog(text);
  last.write(text);
  return catalog;
}

function lastCatalog(last: Setting): Catalog {
  const text = last.read();
  if (text === null) return defaultCatalog;
  try {
    return readCatalog(text);
  } catch {
    return defaultCatalog; // kept by another version of this page
  }
}

function readCatalog(text: string): Catalog {
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
