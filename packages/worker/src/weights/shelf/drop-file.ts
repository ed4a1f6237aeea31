import type { WeightBackend } from '../backend/weight-backend.ts';
import { dropUnnamed } from './collect-garbage.ts';
import { hashesOf } from './named-chunks.ts';

/**
 * Removes what came of one file of a draft, since it is not that file. A draft of which nothing else came goes as well. To be called while
 * the shelf is held.
 */
export async function dropFile(id: string, path: string, backend: WeightBackend): Promise<void> {
  const { drafts, chunks } = backend;
  const draft = await drafts.get(id);
  if (!draft) return;
  const { [path]: dropped, ...quarantine } = draft.quarantine ?? {};
  const left = { ...draft, quarantine };
  const stored = await chunks.getMany(hashesOf(left));
  if (stored.some((blob) => blob !== undefined)) await drafts.put(id, left);
  else await drafts.delete([id]);
  await dropUnnamed(backend, dropped?.pieces.flatMap((sha256) => sha256 ?? []) ?? []);
}
