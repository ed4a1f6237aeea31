import type { StoredPackage } from '@orilla/contract';
import type { Draft, PackageMarks, WeightBackend } from '../backend/weight-backend.ts';
import { piecesOf, totalLength } from '../pieces/pieces.ts';
import { valuesOf } from './named-chunks.ts';

const unmarked: PackageMarks = { isPinned: false, lastUsedMs: 0 };

/** Every package in the store, complete or not; one that is being mended counts once. Who downloads it is for others to add. */
export async function listPackages(backend: WeightBackend): Promise<readonly StoredPackage[]> {
  const stored = new Set(await backend.chunks.keys());
  const drafts = new Map((await valuesOf(backend.drafts)).map((draft) => [draft.manifest.id, draft]));
  const complete = await valuesOf(backend.packages);
  const completeIds = new Set(complete.map(({ manifest }) => manifest.id));
  const all: readonly Listed[] = [
    ...complete.map((record) => {
      const isPaused = drafts.get(record.manifest.id)?.isPaused ?? false;
      return { ...record, isPaused, isDraft: false };
    }),
    ...[...drafts.values()]
      .filter(({ manifest }) => !completeIds.has(manifest.id))
      .map((draft) => ({ ...draft, isDraft: true })),
  ];
  const marks = await backend.marks.getMany(all.map(({ manifest }) => manifest.id));
  return all.map((listed, index) => describe(listed, { stored, marks: marks[index] ?? unmarked }));
}

type Listed = Draft & { readonly isDraft: boolean };

function describe(
  { manifest, quarantine, isPaused, isDraft }: Listed,
  { stored, marks }: { readonly stored: ReadonlySet<string>; readonly marks: PackageMarks },
): StoredPackage {
  const pieces = piecesOf(manifest, quarantine);
  const missing = pieces.filter(({ sha256 }) => sha256 === null || !stored.has(sha256));
  const isComplete = !isDraft && missing.length === 0;
  const totalBytes = totalLength(pieces);
  return {
    id: manifest.id,
    bytes: totalBytes - totalLength(missing),
    totalBytes,
    isComplete,
    state: isComplete ? 'complete' : isPaused ? 'paused' : 'incomplete',
    ...marks,
    progress: null,
  };
}
