import type { KeyObject } from 'node:crypto';
import type { MirrorReader, StoredFile } from '../target/mirror-reader.ts';
import { packageOf } from '../target/package-paths.ts';
import type { Fault } from './fault.ts';
import { type VerifiedPackage, verifyPackage } from './verify-package.ts';

export interface VerifyOptions {
  /** Packages to look at; all, where the mirror can tell what it has. */
  readonly ids?: readonly string[];
  /** Trusted Ed25519 keys. With any given, every manifest has to be signed by one of them. */
  readonly keys?: readonly KeyObject[];
  readonly onFault?: (fault: Fault) => void;
  readonly onProgress?: (readBytes: number) => void;
  readonly signal?: AbortSignal;
}

export interface MirrorReport {
  readonly packages: readonly VerifiedPackage[];
  readonly faults: readonly Fault[];
}

/**
 * Reads a mirror to its last byte and tells everything that is wrong with it, not only the first thing.
 * @throws Error where the mirror itself can't be read, holds nothing, or does not tell what it holds and no ids are given; AbortError
 */
export async function verifyMirror(mirror: MirrorReader, options: VerifyOptions = {}): Promise<MirrorReport> {
  const { ids = [], onFault, signal } = options;
  const stored = await filesByPackage(mirror, ids, signal);
  const faults: Fault[] = [];
  const report = (fault: Fault) => {
    faults.push(fault);
    onFault?.(fault);
  };
  const names = ids.length > 0 ? ids : [...(stored?.keys() ?? [])].filter((id) => id !== null);
  // That all of nothing holds would hide a wrong address.
  if (names.length === 0) throw new Error(`${mirror.name} holds no package. Check where it is.`);
  for (const { path } of stored?.get(null) ?? [])
    report({ id: null, path, kind: 'unnamed', message: `${path} belongs to no package.` });
  const packages: VerifiedPackage[] = [];
  let read = 0;
  const onBytes = (bytes: number) => {
    read += bytes;
    options.onProgress?.(read);
  };
  for (const id of names) {
    const files = stored && (stored.get(id) ?? []);
    const found = await verifyPackage(mirror, id, files, { ...options, onFault: report, onBytes });
    if (found) packages.push(found);
  }
  return { packages, faults };
}

type FilesByPackage = ReadonlyMap<string | null, readonly StoredFile[]>;

/** What the mirror has; `null` where it doesn't tell. */
async function filesByPackage(
  mirror: MirrorReader,
  ids: readonly string[],
  signal?: AbortSignal,
): Promise<FilesByPackage | null> {
  const step = signal ? { signal } : {};
  const lists = [];
  for (const id of ids.length > 0 ? ids : [null]) lists.push(await mirror.listFiles(id, step));
  const files = lists.flatMap((list) => list ?? []);
  if (lists.some((list) => list === null)) {
    if (ids.length > 0) return null;
    throw new Error(`${mirror.name} does not tell what it holds: say which packages to check, by --id.`);
  }
  return Map.groupBy(files, ({ path }) => packageOf(path));
}
