import { type DevicePackage, isOrillaError, type ModelManifest } from '@orilla/contract';
import type { Draft, PackageRecord } from '../backend/weight-backend.ts';
import type { ShelvedPackage } from '../shelf/weight-shelf.ts';
import { verifySignature } from '../source/verify-signature.ts';
import type { StoreParts } from '../store-parts.ts';

type Parts = Pick<StoreParts, 'backend' | 'sources'>;

/** What a catalog tells of a package before it is downloaded, and by which it was decided that it fits here. */
export type PackagePromise = Pick<DevicePackage, 'id' | 'engine' | 'bytes'>;

function keepsPromise({ engine, files }: ModelManifest, promised: PackagePromise): boolean {
  return engine === promised.engine && files.reduce((sum, { bytes }) => sum + bytes, 0) === promised.bytes;
}

/**
 * What stands in the store as a complete package, chunks lost or not; `null` where nothing does that may be used for what was promised. What
 * is there then stays until something else takes its place.
 */
export async function storedRecord(promised: PackagePromise, parts: Parts): Promise<PackageRecord | null> {
  return usable(await parts.backend.packages.get(promised.id), promised, parts);
}

/** What a download of it has begun with, on the same terms. */
export async function storedDraft(promised: PackagePromise, parts: Parts): Promise<Draft | null> {
  return usable(await parts.backend.drafts.get(promised.id), promised, parts);
}

/** It is what was promised, and one of the keys signed it that the app pins now: it may have come before the app did that. */
async function usable<Stored extends PackageRecord>(
  record: Stored | undefined,
  promised: PackagePromise,
  { sources }: Pick<Parts, 'sources'>,
): Promise<Stored | null> {
  if (!record || !keepsPromise(record.manifest, promised)) return null;
  const { trustedKeys = [] } = sources;
  if (trustedKeys.length === 0) return record;
  const json: unknown = record.document === null ? null : JSON.parse(record.document);
  // What was made from a hub's metadata has no document, and nobody signed it.
  const signature = record.document === null ? undefined : record.manifest.signature;
  try {
    await verifySignature(json, signature, { trustedKeys, giver: 'The store of this browser' });
    return record;
  } catch (error) {
    if (isOrillaError(error) && error.code === 'catalog.bad-signature') return null;
    throw error;
  }
}

/** A package that is complete and may be opened; `null` where there is something to be fetched first. Notes that it was used. */
export async function openStored(
  promised: PackagePromise,
  parts: Parts & Pick<StoreParts, 'shelf' | 'channel'>,
): Promise<ShelvedPackage | null> {
  const { backend, shelf, channel } = parts;
  const { id } = promised;
  const stored = (await storedRecord(promised, parts)) && (await shelf.open(id));
  if (!stored) return null;
  // A disk that is too full for a note is no reason not to open what is there.
  await shelf.touch(id).catch(() => undefined);
  // Another tab may have removed it to make room, before it could see that it is open here. Since the shelf was held for the note, that
  // is over.
  const now = await backend.packages.get(id);
  if (JSON.stringify(now?.manifest) !== JSON.stringify(stored.manifest)) return null;
  channel.tell({ type: 'changed', id });
  return stored;
}
