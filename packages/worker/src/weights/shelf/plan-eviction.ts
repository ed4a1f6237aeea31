/** A package as far as its room is concerned. */
export interface Occupant {
  readonly id: string;
  /** Of its chunks. */
  readonly hashes: readonly string[];
  readonly isComplete: boolean;
  readonly lastUsedMs: number;
  readonly isEvictable: boolean;
}

/**
 * Which packages have to go for `bytes` to become free: what is not complete first, then the least recently used, and only as many as needed. `null` where all of
 * them together would not do. A chunk that several packages share is freed with the last of them.
 */
export function planEviction(
  bytes: number,
  occupants: readonly Occupant[],
  sizes: ReadonlyMap<string, number>,
): readonly string[] | null {
  const candidates = occupants
    .filter(({ isEvictable }) => isEvictable)
    .sort((one, other) => Number(one.isComplete) - Number(other.isComplete) || one.lastUsedMs - other.lastUsedMs);
  const chosen: Occupant[] = [];
  for (const candidate of candidates) {
    if (freedBytes(chosen, occupants, sizes) >= bytes) break;
    chosen.push(candidate);
  }
  if (freedBytes(chosen, occupants, sizes) < bytes) return null;
  // One that was too small, or shared too much, may have become unneeded by those after it.
  for (const candidate of chosen.toReversed()) {
    const others = chosen.filter((one) => one !== candidate);
    if (freedBytes(others, occupants, sizes) >= bytes) chosen.splice(chosen.indexOf(candidate), 1);
  }
  return chosen.map(({ id }) => id);
}

/** What becomes free when these go and the others stay. `sizes` are of the chunks that are stored. */
export function freedBytes(
  gone: readonly Occupant[],
  occupants: readonly Occupant[],
  sizes: ReadonlyMap<string, number>,
): number {
  const stay = new Set(occupants.filter((one) => !gone.includes(one)).flatMap(({ hashes }) => hashes));
  const freed = new Set(gone.flatMap(({ hashes }) => hashes).filter((hash) => !stay.has(hash)));
  return [...freed].reduce((sum, hash) => sum + (sizes.get(hash) ?? 0), 0);
}
