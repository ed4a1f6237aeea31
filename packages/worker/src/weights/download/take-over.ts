import { isOrillaError } from '@orilla/contract';
import { loadCode } from '../../load-code.ts';
import type { Draft, QuarantinedFile, WeightBackend } from '../backend/weight-backend.ts';
import { areCutAlike, isCutAlike, sameFileIn } from '../pieces/same-files.ts';
import type { WeightShelf } from '../shelf/weight-shelf.ts';

export interface TakeOverOptions {
  readonly backend: Pick<WeightBackend, 'chunks' | 'drafts'>;
  readonly shelf: Pick<WeightShelf, 'draft'>;
  readonly signal: AbortSignal;
}

/**
 * Gives the draft of `record`, with what an earlier one of that package has stored of the same files: what is cut into other pieces is cut
 * anew. Until that is done the draft names the earlier one's chunks as well, so that nothing of them is lost if it is cut off.
 * @throws OrillaError `storage.unavailable`; `engine.load-failed` where the code for it can't be fetched; AbortError
 */
export async function takeOver(before: Draft, record: Draft, options: TakeOverOptions): Promise<Draft> {
  const { backend, shelf, signal } = options;
  const begun = draftAfter(before, record);
  if (!begun.earlier) return begun;
  const { recut } = await loadCode(() => import('./recut.ts'));
  await unlessFull(async () => {
    await shelf.draft(begun);
    await recut(begun, { backend, signal });
  });
  const { earlier: _, ...left } = begun;
  const now = await backend.drafts.get(record.manifest.id);
  const isNoted = now !== undefined && areCutAlike(now.manifest, record.manifest);
  const draft: Draft = { ...left, ...(isNoted && now.quarantine && { quarantine: now.quarantine }) };
  // Its chunks go now, so that their room is there for what is still missing.
  await unlessFull(() => shelf.draft(draft));
  return draft;
}

/** Nothing is cut yet. */
function draftAfter(before: Draft, record: Draft): Draft {
  if (areCutAlike(before.manifest, record.manifest)) {
    const { quarantine, earlier } = before;
    return { ...record, ...(quarantine && { quarantine }), ...(earlier && { earlier }) };
  }
  // One that was cut off itself has less than the one that it was to take over, if that is of the same files.
  const all = before.earlier ? [before.earlier, before] : [before];
  const from = all.find((one) => record.manifest.files.some((file) => sameFileIn(one, file))) ?? before;
  const quarantine: Record<string, QuarantinedFile> = {};
  let isToCut = false;
  for (const file of record.manifest.files) {
    const same = sameFileIn(from, file);
    const noted = from.quarantine?.[file.path];
    if (same && !isCutAlike(same, file)) isToCut = true;
    else if (same && noted) quarantine[file.path] = noted;
  }
  const earlier = { manifest: from.manifest, ...(from.quarantine && { quarantine: from.quarantine }) };
  return { ...record, quarantine, ...(isToCut && { earlier }) };
}

/** It would save a download; where there is no room to have both for a moment, the rest is downloaded. */
async function unlessFull(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isOrillaError(error) || error.code !== 'storage.quota-exceeded') throw error;
  }
}
