import { createReadStream } from 'node:fs';
import type { ReadFileOptions } from './file-source.ts';

const pieceBytes = 1024 * 1024;

/** Streams a file of this machine. @throws Error of the file system; AbortError */
export async function* readLocalFile(
  path: string,
  { start = 0, signal }: ReadFileOptions = {},
): AsyncGenerator<Buffer> {
  signal?.throwIfAborted();
  const stream: AsyncIterable<Buffer> = createReadStream(path, { start, highWaterMark: pieceBytes, signal });
  try {
    yield* stream;
  } catch (error) {
    throw signal?.aborted ? signal.reason : error;
  }
}
