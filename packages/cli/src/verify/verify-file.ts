import type { PackageFile } from '@orilla/contract';
import { type HashedFile, hashStream } from '../pack/chunk-hasher.ts';
import { type MirrorReader, NotServed } from '../target/mirror-reader.ts';
import { filePath } from '../target/package-paths.ts';
import type { Report } from './verify-package.ts';

export interface VerifyFileOptions {
  readonly report: Report;
  readonly onBytes: (bytes: number) => void;
  readonly signal?: AbortSignal;
}

/** Reads a file and holds its size, its chunks and all of it against what the manifest says. */
export async function verifyFile(
  mirror: MirrorReader,
  id: string,
  file: PackageFile,
  { report, onBytes, signal }: VerifyFileOptions,
): Promise<void> {
  const path = filePath(id, file.path);
  let hashed: HashedFile;
  try {
    const stream = await mirror.readFile(path, signal ? { signal } : {});
    if (!stream) return report('no-file', path, `${path} is missing.`);
    hashed = await hashStream(stream, file.chunks ?? [], onBytes);
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof NotServed) return report('not-served', path, error.message);
    return report(
      'unreadable',
      path,
      `${path} can't be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  if (hashed.bytes !== file.bytes)
    report('size', path, `${path} has ${hashed.bytes} bytes, and the manifest says ${file.bytes}.`);
  for (const [index, told] of (file.chunks ?? []).entries()) {
    const found = hashed.chunks[index];
    if (!found || found.sha256 === told.sha256) continue;
    const end = told.offset + told.length - 1;
    report(
      'chunk',
      path,
      `${path} has other bytes at ${told.offset} to ${end} (chunk ${index}) than the manifest says.`,
    );
  }
  if (hashed.bytes === file.bytes && hashed.sha256 !== file.sha256)
    report('hash', path, `${path} is not the file whose SHA-256 the manifest says.`);
}
