import { isOrillaError } from '@orilla/contract';
import type { PackageRecord } from '../backend/weight-backend.ts';
import type { ShelvedPackage } from '../shelf/weight-shelf.ts';
import { verifySignature } from '../source/verify-signature.ts';
import type { StoreParts } from '../store-parts.ts';

type Parts = Pick<StoreParts, 'backend' | 'sources'>;

/**
 * What stands in the store as a complete package, chunks lost or not; `null` where nothing does, or where it came before the app pinned the
 * keys that it pins now, and none of them signed it.
 */
export async function storedRecord(id: string, { backend, sources }: Parts): Promise<PackageRecord | null> {
  const record = await backend.packages.get(id);
  if (!record) return null;
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
  id: string,
  parts: Parts & Pick<StoreParts, 'shelf' | 'channel'>,
): Promise<ShelvedPackage | null> {
  const { shelf, channel } = parts;
  const stored = (await storedRecord(id, parts)) && (await shelf.open(id));
  if (!stored) return null;
  // A disk that is too full for a note is no reason not to open what is there.
  await shelf.touch(id).catch(() => undefined);
  channel.tell({ type: 'changed', id });
  return stored;
}
