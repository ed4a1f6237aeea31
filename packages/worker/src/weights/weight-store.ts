import {
  type DevicePackage,
  type DownloadPriority,
  type LoadProgress,
  OrillaError,
  type StoredPackage,
  type VerifyResult,
} from '@orilla/contract';
import { exportPackage } from './archive/export-package.ts';
import { importPackage } from './archive/import-package.ts';
import type { ArrivingListener } from './download/arriving-package.ts';
import { DownloadQueue } from './download/download-queue.ts';
import { LivePackages, type WatchOptions } from './download/live-packages.ts';
import { makeRoomFor } from './download/make-room-for.ts';
import { type Broadcast, PackageChannel } from './download/package-channel.ts';
import type { BroughtPackage } from './download/package-download.ts';
import { bringHead } from './download/package-head.ts';
import { openStored } from './download/stored-package.ts';
import { TransferSlots } from './network/transfer-slots.ts';
import { piecesOf, totalLength } from './pieces/pieces.ts';
import { ProgressMeter } from './progress-meter.ts';
import { WeightShelf } from './shelf/weight-shelf.ts';
import type { SourceOptions } from './source/source.ts';
import { verifySignature } from './source/verify-signature.ts';
import type { StoreParts } from './store-parts.ts';

export interface WeightStoreOptions extends SourceOptions, Omit<StoreParts, 'shelf' | 'slots' | 'channel' | 'sources'> {
  /** Reaches the other tabs; `null` where there is none. */
  readonly broadcast: Broadcast | null;
}

export interface BringOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: LoadProgress) => void;
}

/**
 * The verified weights of model packages: downloads what is missing, checks every byte before it is stored, and opens what is there.
 * A package that is there is opened without the network. Tabs share one store, and its downloads.
 */
export class WeightStore {
  readonly #parts: StoreParts;
  readonly #queue: DownloadQueue;
  readonly #live: LivePackages;

  constructor({ broadcast, ...options }: WeightStoreOptions) {
    const { backend, locks, network } = options;
    this.#parts = {
      ...options,
      shelf: new WeightShelf(backend, { locks, now: network.epochMs }),
      slots: new TransferSlots({ now: network.now }),
      channel: new PackageChannel(broadcast),
      sources: options,
    };
    this.#queue = new DownloadQueue(this.#parts);
    this.#live = new LivePackages(this.#parts);
  }

  /**
   * Makes a package complete, also one that was paused, and opens its files. An abort, a failure or a closed tab leaves what was stored
   * for the next time. Where this tab is about to fetch something, `onArriving` is told of it.
   * @throws OrillaError of the families Catalog and Storage, `storage.unavailable` when the package is removed meanwhile; AbortError
   */
  async bring(
    pkg: DevicePackage,
    options: BringOptions & { readonly onArriving?: ArrivingListener },
  ): Promise<BroughtPackage> {
    const { signal, onProgress } = options;
    signal.throwIfAborted();
    const stored = await openStored(pkg, this.#parts);
    if (!stored) return this.#queue.join(pkg, { priority: 'question', ...options });
    const bytes = totalLength(piecesOf(stored.manifest));
    new ProgressMeter({ now: this.#parts.network.now, report: onProgress }).enter('open', {
      storedBytes: bytes,
      totalBytes: bytes,
    });
    return { ...stored, fetchedBytes: 0 };
  }

  /** As `bring`, but gives what is stored. A download in the background gives way to others. */
  async download(
    pkg: DevicePackage,
    { priority, ...options }: BringOptions & { readonly priority: DownloadPriority },
  ): Promise<StoredPackage> {
    await this.#queue.join(pkg, { priority, ...options });
    return this.#describe(pkg.id);
  }

  /** The beginning of a package's first file, as `bringHead` tells of it. */
  bringHead(pkg: DevicePackage, options: Parameters<typeof bringHead>[2]): Promise<Blob> {
    return bringHead(pkg, this.#parts, options);
  }

  /** Stops a download in whichever tab it runs; who waits for it goes on waiting. */
  pause(id: string): Promise<void> {
    return this.#queue.pause(id);
  }

  /** Goes on with what was paused or left; settles once it is under way. @throws OrillaError of the families Catalog and Storage */
  resume(id: string): Promise<void> {
    return this.#queue.resume(id);
  }

  list(): Promise<readonly StoredPackage[]> {
    return this.#live.list();
  }

  /** Tells the list whenever it has changed, until it is aborted. @throws OrillaError of the family Storage */
  watch(options: WatchOptions): Promise<void> {
    return this.#live.watch(options);
  }

  /** Removes a package, complete or not, and ends its download; chunks that another one names stay. */
  remove(id: string): Promise<void> {
    return this.#queue.end(id, () => this.#parts.shelf.remove(id));
  }

  async pin(id: string, isPinned: boolean): Promise<void> {
    await this.#parts.shelf.pin(id, isPinned);
    this.#parts.channel.tell({ type: 'changed', id });
  }

  /** Reads every chunk of a package again, and removes those that are damaged. @throws OrillaError `catalog.unknown-model`; AbortError */
  async verify(id: string, options: BringOptions): Promise<VerifyResult> {
    const result = await this.#parts.shelf.verify(id, options);
    this.#parts.channel.tell({ type: 'changed', id });
    return result;
  }

  /** A complete package as a tar archive. @throws OrillaError of the families Catalog and Storage */
  export(id: string): Promise<Blob> {
    return exportPackage(id, this.#parts.backend);
  }

  /** Takes over such an archive, checking every byte. @throws OrillaError of the families Catalog and Storage; AbortError */
  async import(archive: Blob, options: BringOptions): Promise<StoredPackage> {
    const parts = this.#parts;
    const { trustedKeys = [] } = parts.sources;
    const id = await importPackage(archive, {
      ...options,
      backend: parts.backend,
      shelf: parts.shelf,
      now: parts.network.now,
      makeRoom: (bytes, { draft }) => makeRoomFor(draft, bytes, parts),
      alone: (imported, work) => this.#queue.alone(imported, work, options),
      check: (json, { signature }) => verifySignature(json, signature, { trustedKeys, giver: 'The archive' }),
    });
    parts.channel.tell({ type: 'changed', id });
    return this.#describe(id);
  }

  /** Removes what tabs have left that were killed. */
  collectGarbage(): Promise<void> {
    return this.#parts.shelf.collectGarbage();
  }

  async #describe(id: string): Promise<StoredPackage> {
    const stored = (await this.list()).find((one) => one.id === id);
    if (stored) return stored;
    throw new OrillaError('storage.unavailable', `The model package ${id} was removed as soon as it was here.`, {
      advice: 'Download it again.',
    });
  }
}
