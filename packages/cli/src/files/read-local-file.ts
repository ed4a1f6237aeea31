import { open } from 'node:fs/promises';
import type { ReadFileOptions } from './file-source.ts';

const pieceBytes = 1024 * 1024;

/**
 * Streams a file of this machine through one buffer: a piece is good until the next one is asked for. Fresh ones for each would be
 * collected late, and take tens of MB meanwhile.
 * @throws Error of the file system; AbortError
 */
export async function* readLocalFile(
  path: string,
  { start = 0, signal }: ReadFileOptions = {},
): AsyncGenerator<Buffer> {
  signal?.throwIfAborted();
  const file = await open(path);
  try {
    const buffer = Buffer.allocUnsafeSlow(pieceBytes);
    for (let position = start; ; ) {
      const { bytesRead } = await file.read(buffer, 0, buffer.length, position);
      signal?.throwIfAborted();
      if (bytesRead === 0) return;
      position += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}
