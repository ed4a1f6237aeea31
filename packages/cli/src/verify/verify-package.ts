import type { KeyObject } from 'node:crypto';
import { isPackageId, isPackagePath, type ModelManifest } from '@orilla/contract';
import type { MirrorReader, StoredFile } from '../target/mirror-reader.ts';
import { filePath, manifestPath } from '../target/package-paths.ts';
import type { Fault, FaultKind } from './fault.ts';
import { readManifest } from './read-manifest.ts';
import { verifyFile } from './verify-file.ts';
import { type SignatureState, signatureState } from './verify-signature.ts';

export interface VerifyPackageOptions {
  readonly keys?: readonly KeyObject[];
  readonly onFault: (fault: Fault) => void;
  readonly onBytes: (bytes: number) => void;
  readonly signal?: AbortSignal;
}

export interface VerifiedPackage {
  readonly id: string;
  readonly files: number;
  /** Of all its files, as the manifest tells. */
  readonly bytes: number;
  readonly signature: SignatureState;
}

/** Tells a fault of one package. */
export type Report = (kind: FaultKind, path: string, message: string) => void;

/**
 * Reads one package to its last byte. `stored` is what lies in its folder, `null` where the mirror doesn't tell.
 * @returns `null` where it has no manifest that could be read
 */
export async function verifyPackage(
  mirror: MirrorReader,
  id: string,
  stored: readonly StoredFile[] | null,
  { keys = [], onFault, onBytes, signal }: VerifyPackageOptions,
): Promise<VerifiedPackage | null> {
  const report: Report = (kind, path, message) => onFault({ id, path, kind, message });
  const step = signal ? { signal } : {};
  const read = await readManifest(mirror, id, report, step);
  if (!read) return null;
  const { manifest, json } = read;
  const at = manifestPath(id);
  if (manifest.id !== id) report('other-id', at, `${at} is the manifest of ${manifest.id}.`);
  const signature = signatureState(json, manifest.signature, keys);
  if (keys.length > 0 && signature === 'none') report('no-signature', at, `${at} is not signed.`);
  if (signature === 'wrong')
    report('bad-signature', at, `${at} was not signed by a key that is trusted, or was changed.`);
  if (!isPackageId(id)) report('not-served', id, `${id} is no id of a package: no mirror serves it.`);
  const named = namedFiles(id, manifest, report);
  for (const file of named.values()) await verifyFile(mirror, id, file, { report, onBytes, ...step });
  for (const { path } of stored ?? [])
    if (path !== at && !named.has(path)) report('unnamed', path, `${path} is not named by the manifest.`);
  return {
    id,
    files: manifest.files.length,
    bytes: manifest.files.reduce((sum, { bytes }) => sum + bytes, 0),
    signature,
  };
}

function namedFiles(id: string, manifest: ModelManifest, report: Report) {
  const named = new Map<string, ModelManifest['files'][number]>();
  for (const file of manifest.files) {
    const path = filePath(id, file.path);
    if (!isPackagePath(file.path))
      report('not-served', path, `${path} has a hidden part, or a character that no mirror serves in a name.`);
    named.set(path, file);
  }
  return named;
}
