import { type LoadProgress, OrillaError, type StoredPackage, type VerifyResult } from '@orilla/contract';
import type { Draft, PackageMarks, PackageRecord, WeightBackend } from '../backend/weight-backend.ts';
import type { Piece } from '../pieces/pieces.ts';
import { areCutAlike } from '../pieces/same-files.ts';
import { collectGarbage, dropUnnamed, type KeptChunks } from './collect-garbage.ts';
import { dropFile } from './drop-file.ts';
import { listPackages } from './list-packages.ts';
import { type MakeRoomOptions, whatMustGo } from './make-room.ts';
import { hashesOf } from './named-chunks.ts';
import { openPackage, openPieces, type ShelvedPackage } from './open-package.ts';
import { ShelfLock } from './shelf-lock.ts';
import { verifyPackage } from './verify-package.ts';

export type { ShelvedPackage };

export interface WeightShelfOptions {
  /** `navigator.locks`; `null` where there is none, and tabs beside this one are guarded against by looking again. */
  readonly locks?: Pick<LockManager, 'request'> | null;
  /** Milliseconds since the Unix epoch. */
  readonly now?: () => number;
}

/** Which chunks belong to which package, and what may go. Every change of that holds the lock of the shelf, in all tabs. */
export class WeightShelf {
  readonly #backend: WeightBackend;
  readonly #lock: ShelfLock;
  readonly #now: () => number;

  constructor(backend: WeightBackend, { locks = null, now = Date.now }: WeightShelfOptions = {}) {
    this.#backend = backend;
    this.#lock = new ShelfLock(locks);
    this.#now = now;
  }

  /** The files of a complete package, without a copy; `null` where it isn't complete. */
  async open(id: string): Promise<ShelvedPackage | null> {
    const record = await this.#backend.packages.get(id);
    return record ? openPackage(record, this.#backend) : null;
  }

  /** @throws OrillaError `storage.unavailable` where a piece is gone meanwhile */
  async openPieces(pieces: readonly Piece[]): Promise<Blob> {
    const blob = await openPieces(pieces, this.#backend);
    if (blob) return blob;
    throw new OrillaError('storage.unavailable', 'A part of the model has vanished from the storage.', {
      advice: 'Load the model again: only what is missing is downloaded.',
    });
  }

  async chunkKeys(): Promise<ReadonlySet<string>> {
    return new Set(await this.#backend.chunks.keys());
  }

  /**
   * Notes that a package is on its way, which keeps its chunks from being removed, and gives the chunks that are there.
   * What an earlier draft has of the same pieces stays of use; everything else of it goes, unless this one names it as `earlier`.
   */
  draft(draft: Draft): Promise<ReadonlySet<string>> {
    return this.#lock.hold(async () => {
      const { id } = draft.manifest;
      const before = await this.#backend.drafts.get(id);
      const isSame = before !== undefined && areCutAlike(before.manifest, draft.manifest);
      await this.#backend.drafts.update(id, (now) => (isSame && now ? withSources(now, draft) : draft));
      if (before && (!isSame || before.earlier)) await dropUnnamed(this.#backend, hashesOf(before));
      return this.chunkKeys();
    });
  }

  /** Puts back the draft that was there before another one took its place, or none; what only that one named goes. */
  putBack(id: string, before: Draft | undefined): Promise<void> {
    return this.#lock.hold(async () => {
      const draft = await this.#backend.drafts.get(id);
      if (before) await this.#backend.drafts.put(id, before);
      else await this.#backend.drafts.delete([id]);
      if (draft) await dropUnnamed(this.#backend, hashesOf(draft));
    });
  }

  /** Makes a package complete, in the place of an earlier one of that id. */
  finish(record: PackageRecord): Promise<void> {
    return this.#lock.hold(async () => {
      const { id } = record.manifest;
      const { packages, drafts } = this.#backend;
      const before: readonly (Draft | undefined)[] = [await packages.get(id), await drafts.get(id)];
      await packages.put(id, record);
      await drafts.delete([id]);
      const hashes = before.flatMap((one) => (one ? hashesOf(one) : []));
      if (hashes.length > 0) await dropUnnamed(this.#backend, hashes);
    });
  }

  /** Removes a package, complete or not; chunks that another one names stay. */
  remove(id: string): Promise<void> {
    return this.#lock.hold(() => this.#remove(id));
  }

  /** Removes what came of one file of a draft, since it is not that file. */
  dropFile(id: string, path: string): Promise<void> {
    return this.#lock.hold(() => dropFile(id, path, this.#backend));
  }

  list(): Promise<readonly StoredPackage[]> {
    return listPackages(this.#backend);
  }

  /** A pinned package is never removed to make room. Of one that isn't there nothing is noted. */
  pin(id: string, isPinned: boolean): Promise<void> {
    return this.#mark(id, { isPinned });
  }

  /** Notes that a package was used just now. */
  touch(id: string): Promise<void> {
    return this.#mark(id, { lastUsedMs: this.#now() });
  }

  /**
   * Sees to it that there is room for `neededBytes` more, by removing packages that are complete, neither pinned nor open, the least
   * recently used first, only as many as needed and only where that is enough. Gives what it removed.
   * @throws OrillaError `storage.quota-exceeded`, with the figures; no package was removed then
   */
  makeRoom(neededBytes: number, options: MakeRoomOptions): Promise<readonly string[]> {
    return this.#lock.hold(async () => {
      const ids = await whatMustGo(this.#backend, neededBytes, options);
      const kept = options.draft ? hashesOf(options.draft) : [];
      for (const id of ids) await this.#remove(id, { kept });
      return ids;
    });
  }

  /** Removes what belongs to no package: what tabs have left that were killed, or that lost it to another one. */
  collectGarbage(): Promise<void> {
    return this.#lock.hold(() => collectGarbage(this.#backend));
  }

  /**
   * Reads every chunk of a package again, one at a time, and removes those that aren't what they were, so that the next download mends it.
   * @throws OrillaError `catalog.unknown-model` where there is no such package; AbortError
   */
  verify(
    id: string,
    options: { readonly signal: AbortSignal; readonly onProgress: (progress: LoadProgress) => void },
  ): Promise<VerifyResult> {
    return verifyPackage(id, this.#backend, { ...options, now: this.#now });
  }

  async #remove(id: string, { kept = [] }: KeptChunks = {}): Promise<void> {
    const record = await this.#backend.packages.get(id);
    const draft = await this.#backend.drafts.get(id);
    // Without these there is nothing that an engine would open, whatever happens in between.
    await this.#backend.packages.delete([id]);
    await this.#backend.drafts.delete([id]);
    await this.#backend.marks.delete([id]);
    const hashes = [...(record ? hashesOf(record) : []), ...(draft ? hashesOf(draft) : [])];
    await dropUnnamed(this.#backend, hashes, { kept });
  }

  #mark(id: string, change: Partial<PackageMarks>): Promise<void> {
    return this.#lock.hold(async () => {
      const { packages, drafts, marks } = this.#backend;
      if (!(await packages.get(id)) && !(await drafts.get(id))) return;
      await marks.update(id, (now) => ({ isPinned: false, lastUsedMs: 0, ...now, ...change }));
    });
  }
}

/** Where it comes from now counts, as far as it is known; what came of it stays. */
function withSources({ earlier: _, ...before }: Draft, { manifest, document, pkg, source, earlier }: Draft): Draft {
  return {
    ...before,
    manifest,
    document: document ?? before.document,
    pkg: pkg ?? before.pkg,
    ...(source && { source }),
    ...(earlier && { earlier }),
  };
}
