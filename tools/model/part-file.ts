import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';

/** A file that is still arriving. Its hash grows with its bytes, so that a finished download needs no second reading. */
export interface PartFile {
  /** Bytes on disk so far. */
  readonly size: number;
  append(bytes: Uint8Array): Promise<void>;
  /** Forgets what has arrived: the next byte is byte 0. */
  restart(): Promise<void>;
  /** SHA-256 of everything so far, in lower-case hex. */
  sha256(): string;
  close(): Promise<void>;
}

/** Opens what an interrupted download left at `path`, or an empty file there. */
export async function openPartFile(path: string, { signal }: { signal?: AbortSignal } = {}): Promise<PartFile> {
  const handle = await open(path, 'a+');
  let hash = createHash('sha256');
  let size = 0;
  try {
    for await (const bytes of createReadStream(path, { signal })) {
      hash.update(bytes);
      size += bytes.length;
    }
  } catch (error) {
    await handle.close();
    throw signal?.aborted ? signal.reason : error;
  }
  return {
    get size() {
      return size;
    },
    async append(bytes) {
      await handle.appendFile(bytes);
      hash.update(bytes);
      size += bytes.length;
    },
    async restart() {
      await handle.truncate(0);
      hash = createHash('sha256');
      size = 0;
    },
    sha256: () => hash.copy().digest('hex'),
    close: () => handle.close(),
  };
}
