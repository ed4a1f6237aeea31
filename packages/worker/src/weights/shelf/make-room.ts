import { OrillaError } from '@orilla/contract';
import type { Draft, WeightBackend } from '../backend/weight-backend.ts';
import { missingPieces, type Piece, piecesOf, totalLength } from '../pieces/pieces.ts';
import { collectGarbage } from './collect-garbage.ts';
import { listPackages } from './list-packages.ts';
import { hashesOf, valuesOf } from './named-chunks.ts';
import { freedBytes, type Occupant, planEviction } from './plan-eviction.ts';

export interface MakeRoomOptions {
  /** What the room is for: what it has already, or shares with another package, must not go. */
  readonly draft?: Pick<Draft, 'manifest' | 'quarantine'>;
  /** Bytes that all packages may take together. */
  readonly budgetBytes?: number | undefined;
  /** `navigator.storage.estimate`; `null` where the browser doesn't tell: the store itself says, then, when it is full. */
  readonly estimate: (() => Promise<StorageEstimate>) | null;
  /** Whether somebody, in whichever tab, computes with a package or downloads it. */
  readonly isOpen: (id: string) => Promise<boolean>;
  /**
   * Whether some tab has a package's download in hand: what that still fetches is as good as stored. `null` where it can't be told: then
   * nothing that is not complete is given up.
   */
  readonly isDownloading?: ((id: string) => Promise<boolean>) | null;
}

/**
 * Which packages have to be removed for `neededBytes` more to have room: those that are neither pinned nor open; first what nobody completes
 * any more, then the least recently used, and only where that is enough. Removes what belongs to no package before it gives up any. To be called while the shelf is
 * held.
 * @throws OrillaError `storage.quota-exceeded`, with the figures
 */
export async function whatMustGo(
  backend: WeightBackend,
  neededBytes: number,
  options: MakeRoomOptions,
): Promise<readonly string[]> {
  if (neededBytes === 0) return [];
  if ((await shortage(backend, neededBytes, options)) === null) return [];
  await collectGarbage(backend, { kept: options.draft ? hashesOf(options.draft) : [] });
  const short = await shortage(backend, neededBytes, options);
  if (!short) return [];
  const sizes = await storedSizes(backend);
  const occupants = await occupantsOf(backend, options);
  const plan = planEviction(short.bytes, occupants, sizes);
  if (plan) return plan;
  const evictable = occupants.filter(({ isEvictable }) => isEvictable);
  const unpinned = occupants.filter(({ isEvictable, isPinned }) => isEvictable || isPinned);
  const byPins = freedBytes(unpinned, occupants, sizes) - freedBytes(evictable, occupants, sizes);
  throw new OrillaError(
    'storage.quota-exceeded',
    `${short.where} no room for the model: it needs ${neededBytes} bytes more, and ${Math.max(0, short.availableBytes)} are available.`,
    {
      advice: `Remove another model, or ${short.remedy}.${byPins > 0 ? ` Unpinning would allow to free ${byPins} bytes.` : ''}`,
    },
  );
}

interface Shortage {
  readonly bytes: number;
  /** Below 0 where more is taken already than may be. */
  readonly availableBytes: number;
  readonly where: string;
  readonly remedy: string;
}

async function shortage(
  backend: WeightBackend,
  neededBytes: number,
  options: MakeRoomOptions,
): Promise<Shortage | null> {
  const { estimate, budgetBytes } = options;
  const promised = await promisedBytes(backend, options);
  const limits: Omit<Shortage, 'bytes'>[] = [];
  const told = await estimate?.().catch(() => null); // an opaque origin has the call but may not use it
  if (told?.quota !== undefined && told.usage !== undefined)
    limits.push({
      availableBytes: told.quota - told.usage - promised,
      where: 'The browser has',
      remedy: 'free disk space',
    });
  if (budgetBytes !== undefined) {
    const usedBytes = [...(await storedSizes(backend)).values()].reduce((sum, bytes) => sum + bytes, 0);
    limits.push({
      availableBytes: budgetBytes - usedBytes - promised,
      where: "This app's budget for models has",
      remedy: 'give the app a larger budget',
    });
  }
  const tightest = limits.sort((one, other) => one.availableBytes - other.availableBytes)[0];
  if (!tightest || neededBytes <= tightest.availableBytes) return null;
  return { ...tightest, bytes: neededBytes - tightest.availableBytes };
}

/** What other downloads that are under way still fetch, beside what the newcomer fetches as well. */
async function promisedBytes(
  { chunks, drafts }: WeightBackend,
  { draft, isDownloading = null }: MakeRoomOptions,
): Promise<number> {
  const pieces: Piece[] = [];
  for (const one of await valuesOf(drafts)) {
    const { id } = one.manifest;
    if (id !== draft?.manifest.id && (await isDownloading?.(id)))
      pieces.push(...piecesOf(one.manifest, one.quarantine));
  }
  return totalLength(missingPieces(pieces, new Set([...(await chunks.keys()), ...(draft ? hashesOf(draft) : [])])));
}

/** Of every chunk that is stored and that a package names. */
async function storedSizes({ chunks, packages, drafts }: WeightBackend): Promise<ReadonlyMap<string, number>> {
  const stored = new Set(await chunks.keys());
  const all: readonly Draft[] = [...(await valuesOf(packages)), ...(await valuesOf(drafts))];
  return new Map(
    all
      .flatMap(({ manifest, quarantine }) => piecesOf(manifest, quarantine))
      .flatMap(({ sha256, length }) => (sha256 !== null && stored.has(sha256) ? [[sha256, length] as const] : [])),
  );
}

async function occupantsOf(
  backend: WeightBackend,
  { draft, isOpen, isDownloading = null }: MakeRoomOptions,
): Promise<readonly (Occupant & { readonly isPinned: boolean })[]> {
  const listed = new Map((await listPackages(backend)).map((one) => [one.id, one]));
  // What is being mended stands in both places.
  const hashes = new Map<string, readonly string[]>();
  for (const one of [
    ...(await valuesOf(backend.packages)),
    ...(await valuesOf(backend.drafts)),
    ...(draft ? [draft] : []),
  ])
    hashes.set(one.manifest.id, [...(hashes.get(one.manifest.id) ?? []), ...hashesOf(one)]);
  return Promise.all(
    [...hashes].map(async ([id, all]) => {
      const { isComplete = false, isPinned = false, lastUsedMs = 0 } = listed.get(id) ?? {};
      const isOver = isComplete || isDownloading !== null;
      const mayGo = isOver && id !== draft?.manifest.id && !(await isOpen(id));
      const isEvictable = mayGo && !isPinned;
      return { id, hashes: all, isComplete, lastUsedMs, isPinned: mayGo && isPinned, isEvictable };
    }),
  );
}
