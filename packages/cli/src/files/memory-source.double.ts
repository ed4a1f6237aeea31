import { createHash } from 'node:crypto';
import type { FileSource } from './file-source.ts';

export interface MemorySourceOptions {
  /** Tells the SHA-256 of each file, as a hub does. */
  readonly tellsHashes?: boolean;
  readonly pieceBytes?: number;
  /** Called with each piece's offset before it is given; throws to let the source fail. */
  readonly onPiece?: (path: string, offset: number) => void;
}

/** A source with these files. For tests. */
export function memorySource(
  files: Readonly<Record<string, Uint8Array | string>>,
  { tellsHashes = false, pieceBytes = 1_000, onPiece }: MemorySourceOptions = {},
): FileSource & { readonly reads: readonly { readonly path: string; readonly start: number }[] } {
  const content = new Map(Object.entries(files).map(([path, bytes]) => [path, Buffer.from(bytes)]));
  const reads: { path: string; start: number }[] = [];
  return {
    name: 'the source',
    modelName: 'Model',
    reads,
    files: [...content].map(([path, bytes]) => ({
      path,
      bytes: bytes.length,
      ...(tellsHashes && { sha256: createHash('sha256').update(bytes).digest('hex') }),
    })),
    async *read(path, { start = 0, signal } = {}) {
      reads.push({ path, start });
      const bytes = content.get(path);
      if (!bytes) throw new Error(`no ${path}`);
      for (let at = start; at < bytes.length; at += pieceBytes) {
        signal?.throwIfAborted();
        onPiece?.(path, at);
        yield bytes.subarray(at, at + pieceBytes);
      }
      signal?.throwIfAborted();
    },
  };
}
