import type { Draft } from '../backend/weight-backend.ts';
import { isOpenIn } from '../shelf/is-open.ts';
import type { StoreParts } from '../store-parts.ts';

/**
 * Sees to it, before anything of a package is fetched, that there is room for so many bytes more; tells the tabs what had to go.
 * @throws OrillaError `storage.quota-exceeded`
 */
export async function makeRoomFor(
  draft: Draft,
  bytes: number,
  { shelf, storage, locks, channel, budgetBytes }: StoreParts,
): Promise<void> {
  const estimate = storage && (() => storage.estimate());
  const removed = await shelf.makeRoom(bytes, { draft, budgetBytes, estimate, isOpen: isOpenIn(locks) });
  for (const id of removed) channel.tell({ type: 'changed', id });
}
