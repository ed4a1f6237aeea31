import { badDocument } from '../network/fetch-document.ts';
import { fetchJson } from '../network/fetch-json.ts';
import type { ReadOptions } from './source.ts';

/** A file of a repository, as its hub tells of it. */
export interface HubFile {
  /** From the repository's root. */
  readonly path: string;
  readonly bytes: number;
  /** `null` for one that is kept in Git itself. */
  readonly sha256: string | null;
  /** Git's own name for its content; `null` where the hub doesn't tell. */
  readonly blobId: string | null;
}

/** At a thousand entries a page, more than any model has. */
const maxPages = 100;

/**
 * The files of a folder, from the hub's pages about it.
 * @throws OrillaError `catalog.unreachable`, `catalog.bad-manifest`; AbortError
 */
export async function readHubTree(treeUrl: string, options: ReadOptions): Promise<readonly HubFile[]> {
  const files: HubFile[] = [];
  let url = treeUrl;
  for (let page = 1; page <= maxPages; page += 1) {
    const { json, headers } = await fetchJson(url, options);
    const entries: readonly unknown[] = Array.isArray(json) ? json : [];
    files.push(...entries.flatMap((entry) => readEntry(entry) ?? []));
    const next = nextPage(headers, url);
    if (next === null) return files;
    url = next;
  }
  throw badDocument(treeUrl, `goes on after ${maxPages} pages`);
}

function readEntry(entry: unknown): HubFile | null {
  if (!isRecord(entry) || entry.type !== 'file' || typeof entry.path !== 'string') return null;
  const { path, lfs } = entry;
  const blobId = typeof entry.oid === 'string' ? entry.oid : null;
  if (isRecord(lfs) && typeof lfs.oid === 'string' && typeof lfs.size === 'number')
    return { path, bytes: lfs.size, sha256: lfs.oid, blobId };
  return typeof entry.size === 'number' ? { path, bytes: entry.size, sha256: null, blobId } : null;
}

/** RFC 8288: `<address>; rel="next"`. */
function nextPage(headers: Headers, url: string): string | null {
  const [, address] = /<([^<>]*)>[^<]*;\s*rel="?next\b/i.exec(headers.get('Link') ?? '') ?? [];
  if (address === undefined) return null;
  const next = URL.canParse(address, url) ? new URL(address, url) : null;
  if (next?.origin !== new URL(url).origin) throw badDocument(url, 'goes on at another server');
  return next.href;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
