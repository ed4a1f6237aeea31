import type { WeightBackend } from '../backend/weight-backend.ts';
import { piecesOf } from '../pieces/pieces.ts';
import type { SamplePackage } from '../sample-package.double.ts';
import type { WeightShelf } from './weight-shelf.ts';

export interface Shelving {
  readonly shelf: WeightShelf;
  readonly backend: WeightBackend;
}

/** Puts a package on the shelf as a download does, or only its first `chunks`, as one that was left. */
export async function shelve(
  { shelf, backend }: Shelving,
  { manifest, pkg, content }: SamplePackage,
  { chunks = Number.POSITIVE_INFINITY }: { readonly chunks?: number } = {},
): Promise<void> {
  const record = { manifest, document: JSON.stringify(manifest), pkg };
  const stored = await shelf.draft(record);
  const pieces = piecesOf(manifest);
  for (const { sha256, offset, length } of pieces.slice(0, chunks))
    if (sha256 !== null && !stored.has(sha256))
      await backend.chunks.put(sha256, new Blob([content.subarray(offset, offset + length)]));
  if (chunks >= pieces.length) await shelf.finish(record);
}

/** Everything that is kept, by name; Blobs as their sizes. */
export async function inventory({ chunks, packages, drafts, marks }: WeightBackend) {
  const sorted = async (store: { keys(): Promise<readonly string[]> }) => [...(await store.keys())].sort();
  return {
    chunks: await sorted(chunks),
    packages: await sorted(packages),
    drafts: await sorted(drafts),
    marks: await sorted(marks),
  };
}
