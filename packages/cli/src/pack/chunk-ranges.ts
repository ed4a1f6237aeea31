/** A part of a file, in bytes. */
export interface ChunkRange {
  readonly offset: number;
  readonly length: number;
}

export const chunkBytes = 8 * 1024 * 1024;

/**
 * Cuts a model file into chunks. Counting restarts where the tensors begin: a header of another length (a changed chat
 * template) then changes the header's chunks only, and every other chunk keeps its hash.
 */
export function chunkRanges(fileBytes: number, tensorOffset: number, length = chunkBytes): readonly ChunkRange[] {
  const restart = Math.min(Math.max(tensorOffset, 0), fileBytes);
  return [...cut(0, restart, length), ...cut(restart, fileBytes, length)];
}

function cut(start: number, end: number, length: number): readonly ChunkRange[] {
  const count = Math.ceil((end - start) / length);
  return Array.from({ length: count }, (_, index) => {
    const offset = start + index * length;
    return { offset, length: Math.min(length, end - offset) };
  });
}
