import type { PackageFile } from '@orilla/contract';
import type { FileSource } from '../files/file-source.ts';
import type { ModelFile } from '../model/model-description.ts';
import { NotServed } from '../target/mirror-reader.ts';
import { filePath, partPath } from '../target/package-paths.ts';
import type { PackageTarget } from '../target/package-target.ts';
import { ChunkHasher, type HashedFile, hashStream } from './chunk-hasher.ts';
import { type ChunkRange, chunkRanges } from './chunk-ranges.ts';

export interface StoreFileOptions {
  readonly source: FileSource;
  readonly target: PackageTarget;
  readonly id: string;
  /** Sizes of what stands at the target already, by path. */
  readonly stored: ReadonlyMap<string, number>;
  readonly onBytes: (bytes: number) => void;
  readonly signal?: AbortSignal;
}

/**
 * Brings one file to its place in a package, and hashes it on the way: cloned or linked where source and target are on one disk; not
 * fetched again where it is there already; continued where a part of it is.
 * @throws Error where the source gives other bytes than it told of; as source and target; AbortError
 */
export async function storeFile(file: ModelFile, options: StoreFileOptions): Promise<PackageFile> {
  const { source, target, id } = options;
  const told = source.files.find(({ path }) => path === file.from);
  if (!told) throw new Error(`${source.name} holds no ${file.from}.`);
  const to = filePath(id, file.path);
  const job = { ...options, ...told, from: file.from, to, ranges: chunkRanges(told.bytes, file.tensorOffset) };
  const local = source.localPath?.(file.from);
  const hashed =
    local != null && (await target.linkFile?.(to, local))
      ? await hashLinked(job)
      : ((await hashStored(job)) ?? (await copy(job)));
  check(job, hashed);
  return { path: file.path, bytes: told.bytes, sha256: hashed.sha256, chunks: hashed.chunks };
}

interface Job extends StoreFileOptions {
  readonly from: string;
  readonly to: string;
  readonly bytes: number;
  readonly sha256?: string;
  readonly ranges: readonly ChunkRange[];
}

/** What stands at the target is what counts: a clone of a file that is written meanwhile is not what the file has become. */
async function hashLinked({ target, to, ranges, signal, onBytes }: Job): Promise<HashedFile> {
  const stream = await target.readFile(to, signal ? { signal } : {});
  if (!stream) throw new Error(`${target.name} has lost ${to} already. Is somebody else writing there?`);
  return hashStream(stream, ranges, onBytes);
}

/** The file that stands at the target, if it is the one that the source has. */
async function hashStored(job: Job): Promise<HashedFile | undefined> {
  const { target, stored, to, bytes, sha256, ranges, signal } = job;
  if (sha256 === undefined || stored.get(to) !== bytes) return undefined;
  const stream = await target.readFile(to, signal ? { signal } : {}).catch((error: unknown) => {
    // What no mirror would serve is put there anew.
    if (!(error instanceof NotServed)) throw error;
  });
  const hashed = stream && (await hashStream(stream, ranges));
  if (hashed?.sha256 !== sha256) return undefined;
  job.onBytes(bytes);
  return hashed;
}

async function copy(job: Job): Promise<HashedFile> {
  const { source, target, from, to, bytes, sha256, signal, onBytes } = job;
  const options = signal ? { signal } : {};
  const hasher = new ChunkHasher(job.ranges);
  // Without a hash that was told, nobody could say that a part belongs to this file.
  const part = target.keepsParts && sha256 !== undefined ? partPath(to, sha256) : undefined;
  const kept = part === undefined ? 0 : await takeUpPart(job, part, hasher);
  let hashed: HashedFile | undefined;
  await target.putFile(to, passing(), {
    bytes,
    ...options,
    ...(part !== undefined && { part: { path: part, bytes: kept } }),
  });
  if (!hashed) throw new Error(`${target.name} did not take all of ${from}.`);
  return hashed;

  async function* passing(): AsyncGenerator<Uint8Array> {
    let passed = kept;
    for await (const piece of source.read(from, { ...options, start: kept })) {
      passed += piece.length;
      // Whoever sends without end must not fill the disk.
      if (passed > bytes) {
        await dropPart();
        throw new Error(`${from} from ${source.name} goes on behind the ${bytes} bytes that were told. Try again.`);
      }
      hasher.update(piece);
      onBytes(piece.length);
      yield piece;
    }
    hashed = hasher.finish();
    try {
      check(job, hashed);
    } catch (error) {
      await dropPart();
      throw error;
    }
  }

  async function dropPart(): Promise<void> {
    if (part !== undefined) await target.removeFile(part);
  }
}

/** Hashes what an earlier run has left of a file, and gives its length. */
async function takeUpPart(
  { target, stored, bytes, signal, onBytes }: Job,
  part: string,
  hasher: ChunkHasher,
): Promise<number> {
  const length = stored.get(part) ?? 0;
  if (length === 0) return 0;
  const stream = length <= bytes ? await target.readFile(part, signal ? { signal } : {}) : null;
  if (!stream) {
    await target.removeFile(part);
    return 0;
  }
  for await (const piece of stream) hasher.update(piece);
  onBytes(length);
  return length;
}

function check({ source, from, bytes, sha256 }: Job, hashed: HashedFile): void {
  if (hashed.bytes !== bytes)
    throw new Error(
      `${from} from ${source.name} has ${hashed.bytes} bytes, and ${bytes} were told. Is something writing it?`,
    );
  if (sha256 !== undefined && hashed.sha256 !== sha256)
    throw new Error(`${from} from ${source.name} is not the file whose SHA-256 was told: it is damaged. Try again.`);
}
