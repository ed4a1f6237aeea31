import { isPackageId, type PackageFile } from '@orilla/contract';
import type { S3Config } from '../config/relay-config.ts';
import type { RelayLog } from '../http/relay-log.ts';
import { keepRecent } from './keep-recent.ts';
import { keptManifests, type ManifestDocument, readManifestDocument } from './manifest-document.ts';
import { differingFile, type MirrorPackage, type MirrorSource, missingFile, shareLookups } from './mirror-source.ts';
import type { S3Bucket } from './s3-bucket.ts';
import { s3Failure, s3Reason } from './s3-failure.ts';
import { shareWithListedOrigins } from './share-with-listed-origins.ts';

export interface S3SourceOptions {
  readonly bucket: S3Bucket;
  readonly log: RelayLog;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
}

/** How long a manifest, or that there is none, counts without a question to the bucket. */
const freshMs = 2_000;

/**
 * How long a manifest counts that the bucket can't be asked about. It has an end: where keys may not list, a package that was deleted is
 * answered like one that they may not read.
 */
const stalestMs = 10 * 60_000;

interface Kept {
  /** When the bucket was asked last. */
  readonly checkedAtMs: number;
  /** When it answered last. */
  readonly confirmedAtMs: number;
  readonly etag: string | undefined;
  /** `undefined` where the object is no manifest. */
  readonly document: ManifestDocument | undefined;
  /** Files that the bucket doesn't have as the manifest describes them, and whether it has them at all. */
  readonly wrong: ReadonlyMap<string, 'missing' | 'differing'>;
}

/**
 * The packages of a bucket: `<prefix><id>/manifest.json` and `<prefix><id>/files/<path>`. Manifests pass through the relay,
 * which keeps them; for a file a client is sent on to the bucket itself.
 */
export function createS3Source({ prefix }: Pick<S3Config, 'prefix'>, options: S3SourceOptions): MirrorSource {
  const { bucket, log, now } = options;
  const kept = keepRecent<Kept>(keptManifests);
  /** When an id was found to be none. Apart from the manifests: whoever asks for many must not push those out. */
  const absentAtMs = keepRecent<number>({ maxEntries: 1_000, maxBytes: 0 });
  const isFresh = (atMs: number | undefined) => atMs !== undefined && now() - atMs < freshMs;

  async function find(id: string): Promise<MirrorPackage | undefined> {
    if (!isPackageId(id)) return undefined;
    const known = kept.get(id);
    if (known && isFresh(known.checkedAtMs)) return packageOf(id, known);
    if (!known && isFresh(absentAtMs.get(id))) return undefined;
    try {
      const current = await readPackage(id, known);
      if (current) kept.set(id, current, current.document?.sizeBytes ?? 0);
      else {
        kept.delete(id);
        absentAtMs.set(id, now(), 0);
      }
      return current && packageOf(id, current);
    } catch (error) {
      log('warn', { event: 'mirror-unreachable', reason: s3Reason(error) });
      // What was good a moment ago still is, most likely. Not every request waits for a bucket that doesn't answer.
      if (known?.document && now() - known.confirmedAtMs < stalestMs) {
        kept.set(id, { ...known, checkedAtMs: now() }, known.document.sizeBytes);
        return packageOf(id, known);
      }
      kept.delete(id);
      throw s3Failure(error);
    }
  }

  async function readPackage(id: string, known: Kept | undefined): Promise<Kept | undefined> {
    const checkedAtMs = now();
    const read = await bucket.read(`${prefix}${id}/manifest.json`, { etag: known?.etag });
    if (read === undefined) return undefined;
    if (read === null && known?.wrong.size === 0) return { ...known, checkedAtMs, confirmedAtMs: checkedAtMs };
    const document = read === null ? known?.document : readManifestDocument(id, read.bytes);
    const etag = read === null ? known?.etag : read.etag;
    // Looked over once for every manifest, and again while something is wrong: it may be on its way.
    const wrong: Kept['wrong'] = document ? await lookOver(id, document) : new Map();
    return { checkedAtMs, confirmedAtMs: checkedAtMs, etag, document, wrong };
  }

  async function lookOver(id: string, { manifest }: ManifestDocument): Promise<Kept['wrong']> {
    const folder = `${prefix}${id}/files/`;
    const wrong = new Map<string, 'missing' | 'differing'>();
    let sizes: ReadonlyMap<string, number> | undefined;
    try {
      sizes = await bucket.sizes(folder);
    } catch (error) {
      // Keys that may read but not list are enough to serve; what is wrong shows at the client then.
      log('warn', { event: 'mirror-unreachable', reason: s3Reason(error) });
    }
    if (!sizes) return wrong;
    for (const { path, bytes } of manifest.files) {
      const found = sizes.get(folder + path);
      if (found !== bytes) wrong.set(path, found === undefined ? 'missing' : 'differing');
    }
    const missing = [...wrong.values()].filter((how) => how === 'missing').length;
    if (wrong.size > 0)
      log('warn', { event: 'mirror-incomplete', package: id, missing, differing: wrong.size - missing });
    return wrong;
  }

  function packageOf(id: string, { document, wrong }: Kept): MirrorPackage | undefined {
    return (
      document && {
        document,
        async answerFile({ request, response }, { path }: PackageFile) {
          const how = wrong.get(path);
          if (how) throw how === 'missing' ? missingFile() : differingFile();
          const method = request.method === 'HEAD' ? 'HEAD' : 'GET';
          const location = await presign(method, `${prefix}${id}/files/${path}`);
          shareWithListedOrigins(response);
          // The address expires, and is good for whoever has it.
          response.writeHead(307, { Location: location, 'Cache-Control': 'no-store', 'Content-Length': 0 }).end();
        },
      }
    );
  }

  async function presign(method: 'GET' | 'HEAD', key: string): Promise<string> {
    try {
      return await bucket.presign(method, key);
    } catch (error) {
      log('warn', { event: 'mirror-unreachable', reason: s3Reason(error) });
      throw s3Failure(error);
    }
  }

  return { find: shareLookups(find), sendsFiles: false, close: () => bucket.close() };
}
