import type { Draft } from '../backend/weight-backend.ts';
import { isDownloadedIn, isOpenIn } from '../locks/is-open.ts';
import { withLock } from '../locks/with-lock.ts';
import type { StoreParts } from '../store-parts.ts';

/**
 * Sees to it, before anything of a package is fetched, that there is room for so many bytes more, and notes the draft: whoever asks next, in
 * whichever tab, counts what this one will take. Tells the tabs what had to go.
 * @throws OrillaError `storage.quota-exceeded`
 */
export async function makeRoomFor(
  draft: Draft,
  bytes: number,
  { backend, shelf, storage, locks, channel, budgetBytes }: StoreParts,
): Promise<void> {
  const estimate = storage && (() => storage.estimate());
  const uses = { isOpen: isOpenIn(locks), isDownloading: isDownloadedIn(locks) };
  const { signal } = new AbortController();
  await withLock('orilla-room', { locks, signal }, async () => {
    const removed = await shelf.makeRoom(bytes, { draft, budgetBytes, estimate, ...uses });
    for (const id of removed) channel.tell({ type: 'changed', id });
    // After what had to go: a disk that is full refuses even a note.
    await backend.drafts.update(draft.manifest.id, (now) => now ?? draft);
  });
}
