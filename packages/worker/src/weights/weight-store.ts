import {
  type DevicePackage,
  isOrillaError,
  type LoadProgress,
  type ModelManifest,
  OrillaError,
  type StoredPackage,
} from '@orilla/contract';
import type { Draft, PackageRecord, WeightBackend } from './backend/weight-backend.ts';
import { fetchPiece } from './download/fetch-piece.ts';
import { missingPieces, type Piece, piecesOf, totalLength } from './download/pieces.ts';
import { ProgressMeter } from './download/progress-meter.ts';
import { endQuarantine } from './download/quarantine.ts';
import { runParallel } from './download/run-parallel.ts';
import type { Network } from './network/network.ts';
import { checkQuota, type StorageEstimator } from './shelf/check-quota.ts';
import { type ShelvedPackage, WeightShelf } from './shelf/weight-shelf.ts';
import { firstManifest } from './source/first-manifest.ts';
import { LoadSources } from './source/load-sources.ts';
import { openSource, type Source, type SourceOptions } from './source/source.ts';

/** Pieces that are fetched at the same time, and at most lost when the tab goes. */
const parallelFetches = 3;
/** Another tab may remove what this one found there; if that happens again and again, something else is wrong. */
const maxRounds = 3;

export interface WeightStoreOptions extends SourceOptions {
  readonly backend: WeightBackend;
  readonly network: Network;
  /** `null` where the browser doesn't tell. */
  readonly storage: StorageEstimator | null;
}

export interface BringOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: LoadProgress) => void;
}

/** A package that is complete and verified. */
export interface BroughtPackage extends ShelvedPackage {
  readonly fetchedBytes: number;
}

/**
 * The verified weights of model packages: downloads what is missing, checks every byte before it is stored, and opens what is there.
 * A package that is there is opened without the network.
 */
export class WeightStore {
  readonly #options: WeightStoreOptions;
  readonly #shelf: WeightShelf;

  constructor(options: WeightStoreOptions) {
    this.#options = options;
    this.#shelf = new WeightShelf(options.backend);
  }

  /**
   * Makes a package complete and opens its files. An abort, a failure or a closed tab leaves what was stored for the next time.
   * @throws OrillaError of the families Catalog and Storage; AbortError
   */
  async bring(pkg: DevicePackage, { signal, onProgress }: BringOptions): Promise<BroughtPackage> {
    signal.throwIfAborted();
    const meter = new ProgressMeter({ now: this.#options.network.now, report: onProgress });
    const stored = await this.#shelf.open(pkg.id);
    if (stored) {
      const bytes = totalLength(piecesOf(stored.manifest));
      meter.enter('open', { storedBytes: bytes, totalBytes: bytes });
      return { ...stored, fetchedBytes: 0 };
    }
    meter.enter('manifest', { totalBytes: pkg.bytes });
    const sources = this.#sourcesOf(pkg);
    const record = await this.#recordOf(pkg, sources, signal);
    for (let round = 1; round <= maxRounds; round += 1) {
      await this.#fetchMissing(record, sources, { signal, meter });
      const opened = await this.#complete(record, sources, signal);
      if (!opened) continue;
      meter.enter('open');
      return { ...opened, fetchedBytes: meter.fetchedBytes };
    }
    throw new OrillaError('storage.unavailable', 'Parts of the model vanish from the storage while it is downloaded.', {
      advice: 'Close other tabs of this app, free disk space, and try again.',
    });
  }

  /**
   * The beginning of a package's first file, at least `bytes` of it, verified; what is missing of that is fetched.
   * @throws OrillaError as `bring`, and `capability.unsupported` where no part of the file can be verified alone; AbortError
   */
  async bringHead(
    pkg: DevicePackage,
    { bytes, signal }: { readonly bytes: number; readonly signal: AbortSignal },
  ): Promise<Blob> {
    const stored = await this.#shelf.open(pkg.id);
    if (stored) {
      const [first] = stored.files.values();
      return first ?? new Blob();
    }
    const sources = this.#sourcesOf(pkg);
    const record = await this.#recordOf(pkg, sources, signal);
    const { manifest } = record;
    const head = piecesOf({ ...manifest, files: manifest.files.slice(0, 1) }).filter(({ offset }) => offset < bytes);
    if (head.some(({ sha256 }) => sha256 === null))
      throw new OrillaError('capability.unsupported', 'The package can only be read when it is downloaded whole.', {
        advice: 'Load the package first.',
      });
    const missing = missingPieces(head, await this.#shelf.draft(record));
    const fetch = this.#fetcher(
      record,
      sources,
      new ProgressMeter({ now: this.#options.network.now, report: () => undefined }),
    );
    await runParallel(missing, fetch, { parallel: parallelFetches, signal });
    return this.#shelf.openPieces(head);
  }

  list(): Promise<readonly StoredPackage[]> {
    return this.#shelf.list();
  }

  /** Removes a package, complete or not; chunks that another one names stay. */
  remove(id: string): Promise<void> {
    return this.#shelf.remove(id);
  }

  #sourcesOf(pkg: DevicePackage): readonly Source[] {
    return pkg.sources.map((source) => openSource(source, this.#options));
  }

  /** What is stored counts, so that a package with a chunk lost is mended, not changed. */
  async #recordOf(pkg: DevicePackage, sources: readonly Source[], signal: AbortSignal): Promise<PackageRecord> {
    const stored = await this.#options.backend.packages.get(pkg.id);
    return stored ?? { pkg, ...(await firstManifest(pkg, sources, { network: this.#options.network, signal })) };
  }

  async #fetchMissing(
    record: PackageRecord,
    sources: readonly Source[],
    { signal, meter }: { readonly signal: AbortSignal; readonly meter: ProgressMeter },
  ): Promise<void> {
    const { manifest } = record;
    const needed = await this.#survey(manifest, await this.#shelf.chunkKeys());
    // Before the first write too: a browser that is nearly full refuses even a note.
    await checkQuota(totalLength(needed.missing), this.#options.storage);
    const { pieces, missing } = await this.#survey(manifest, await this.#shelf.draft(record));
    const totalBytes = totalLength(pieces);
    meter.enter('download', { storedBytes: totalBytes - totalLength(missing), totalBytes });
    await runParallel(missing, this.#fetcher(record, sources, meter), { parallel: parallelFetches, signal });
  }

  async #survey(manifest: ModelManifest, stored: ReadonlySet<string>) {
    const draft = await this.#options.backend.drafts.get(manifest.id);
    const pieces = piecesOf(manifest, draft?.quarantine);
    return { pieces, missing: missingPieces(pieces, stored).map(forgetUnproven) };
  }

  #fetcher(record: PackageRecord, sources: readonly Source[], meter: ProgressMeter) {
    const { network, backend } = this.#options;
    const from = new LoadSources(sources, { now: network.now });
    return async (piece: Piece, { signal }: { readonly signal: AbortSignal }): Promise<void> => {
      const onBytes = (bytes: number) => meter.fetched(bytes);
      const { bytes, sha256 } = await fetchPiece(piece, from, { network, signal, onBytes });
      // What is fetched and verified is stored, whatever happened to the others: it need not be fetched again.
      // Named first and stored then, so that whatever is stored belongs to something that can be listed and removed.
      if (piece.sha256 === null)
        await backend.drafts.update(record.manifest.id, (draft) => withPiece({ ...record, ...draft }, piece, sha256));
      await backend.chunks.put(sha256, new Blob([bytes]));
      meter.stored(piece.length);
    };
  }

  /** Checks what only a whole file can prove, and stores the manifest last. Gives `null` where something is missing after all. */
  async #complete(
    record: PackageRecord,
    sources: readonly Source[],
    signal: AbortSignal,
  ): Promise<ShelvedPackage | null> {
    const { manifest } = record;
    const draft: Draft = (await this.#options.backend.drafts.get(manifest.id)) ?? record;
    const pieces = piecesOf(manifest, draft.quarantine);
    if (missingPieces(pieces, await this.#shelf.chunkKeys()).length > 0) return null;
    try {
      const chunked = await endQuarantine(draft, { sources, open: (wanted) => this.#shelf.openPieces(wanted), signal });
      signal.throwIfAborted();
      await this.#shelf.finish({ ...record, manifest: chunked });
    } catch (error) {
      if (isOrillaError(error) && error.code === 'storage.corrupt-chunk') await this.#shelf.remove(manifest.id);
      throw error;
    }
    return this.#shelf.open(manifest.id);
  }
}

/** A hash that came with a piece in quarantine proves nothing, least of all when the piece itself is gone. */
function forgetUnproven(piece: Piece): Piece {
  return piece.file.chunks ? piece : { ...piece, sha256: null };
}

function withPiece(draft: Draft, { file, index }: Piece, sha256: string): Draft {
  const count = piecesOf({ ...draft.manifest, files: [file] }).length;
  const quarantined = draft.quarantine?.[file.path];
  const hashes = quarantined?.pieces ?? Array.from({ length: count }, () => null);
  const pieces = hashes.with(index, sha256);
  return { ...draft, quarantine: { ...draft.quarantine, [file.path]: { ...quarantined, pieces } } };
}
