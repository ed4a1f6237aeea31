import { countOf, type JsonObject, listOf, objectOf, textOf } from '../json-fields.ts';

/** A file of tensors. */
export interface Shard {
  readonly path: string;
  readonly bytes: number;
}

/** The files that a tensor cache names, in order. @throws Error where it names none, or one that is not beside it */
export function readShards(cache: JsonObject, name: string): readonly Shard[] {
  const shards = listOf(cache, 'records').map((record): Shard => {
    const shard = objectOf(record);
    const [path, bytes] = [textOf(shard, 'dataPath'), countOf(shard, 'nbytes')];
    if (path === undefined || bytes === undefined || path.includes('/'))
      throw new Error(`${name} is not as WebLLM reads it: each record needs dataPath, a plain name, and nbytes.`);
    return { path, bytes };
  });
  if (shards.length === 0) throw new Error(`${name} names no file of tensors.`);
  return shards;
}
