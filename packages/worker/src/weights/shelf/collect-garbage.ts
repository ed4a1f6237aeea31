import type { WeightBackend } from '../backend/weight-backend.ts';
import { missingPieces, piecesOf } from '../pieces/pieces.ts';
import { namedChunks, valuesOf } from './named-chunks.ts';

export interface KeptChunks {
  /** Hashes that something needs which isn't noted yet. */
  readonly kept?: readonly string[];
}

/**
 * Removes what belongs to no package: chunks, marks, drafts of packages that have become complete, and what writes that were cut off have
 * left. To be called while the shelf is held.
 */
export async function collectGarbage(backend: WeightBackend, { kept = [] }: KeptChunks = {}): Promise<void> {
  // The chunks first: one that another tab stores after this has been named before, and one that is there now is named by then.
  const stored = await backend.chunks.keys();
  await dropFinishedDrafts(backend, new Set(stored));
  const named = new Set([...(await namedChunks(backend)), ...kept]);
  await backend.chunks.delete(stored.filter((hash) => !named.has(hash)));
  const ids = new Set([...(await backend.packages.keys()), ...(await backend.drafts.keys())]);
  await backend.marks.delete((await backend.marks.keys()).filter((id) => !ids.has(id)));
  await backend.sweep();
}

/** Removes those of `hashes` that no package names, and that are not `kept`. */
export async function dropUnnamed(
  backend: WeightBackend,
  hashes: readonly string[],
  { kept = [] }: KeptChunks = {},
): Promise<void> {
  const named = new Set([...(await namedChunks(backend)), ...kept]);
  await backend.chunks.delete(hashes.filter((hash) => !named.has(hash)));
}

/** A tab that went between the writing of a package and the deletion of its draft has left both. */
async function dropFinishedDrafts({ packages, drafts }: WeightBackend, stored: ReadonlySet<string>): Promise<void> {
  const complete = (await valuesOf(packages)).filter(
    ({ manifest }) => missingPieces(piecesOf(manifest), stored).length === 0,
  );
  const finished = new Map(complete.map(({ manifest }) => [manifest.id, manifest]));
  const left = (await valuesOf(drafts)).filter(({ manifest }) => {
    const files = finished.get(manifest.id)?.files;
    return files !== undefined && JSON.stringify(sizes(files)) === JSON.stringify(sizes(manifest.files));
  });
  await drafts.delete(left.map(({ manifest }) => manifest.id));
}

/** Of a file in quarantine the draft knows no chunks, the package does. */
function sizes(files: readonly { readonly path: string; readonly sha256: string }[]) {
  return files.map(({ path, sha256 }) => [path, sha256]);
}
