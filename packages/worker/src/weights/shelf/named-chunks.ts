import type { Draft, RecordStore, ValueStore, WeightBackend } from '../backend/weight-backend.ts';
import { piecesOf } from '../pieces/pieces.ts';

/** Every chunk that a package or a draft names. */
export async function namedChunks({
  packages,
  drafts,
}: Pick<WeightBackend, 'packages' | 'drafts'>): Promise<ReadonlySet<string>> {
  // What goes from the drafts to the packages meanwhile is seen in the one or the other.
  const onTheWay = await valuesOf(drafts);
  const complete = await valuesOf(packages);
  return new Set([...onTheWay, ...complete].flatMap(hashesOf));
}

/** Chunks of a package, as far as their hashes are known, and of a draft that it has not taken over yet. */
export function hashesOf({
  manifest,
  quarantine,
  earlier,
}: Pick<Draft, 'manifest' | 'quarantine' | 'earlier'>): readonly string[] {
  const own = piecesOf(manifest, quarantine).flatMap(({ sha256 }) => sha256 ?? []);
  return earlier ? [...own, ...hashesOf(earlier)] : own;
}

export async function valuesOf<T>(store: RecordStore<T> | ValueStore<T>): Promise<readonly T[]> {
  const values = await store.getMany(await store.keys());
  return values.filter((value) => value !== undefined);
}
