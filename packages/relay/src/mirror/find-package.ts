import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isOrillaError, type ModelManifest, parseManifest } from '@orilla/contract';
import { isAbsent } from '../files/open-inside.ts';

/** A package of the mirror's folder, its manifest checked. */
export interface MirrorPackage {
  /** Absolute. */
  readonly folder: string;
  readonly manifest: ModelManifest;
  /** The manifest as it stands on disk. */
  readonly bytes: Buffer;
}

/** Looks a package up by its id; `undefined` where there is none that can be served. */
export type FindPackage = (id: string) => Promise<MirrorPackage | undefined>;

/** An id is also a folder's name, so it may hold nothing that means something in a path. */
const idPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;
/** A hundred thousand chunks take 12 MB; no manifest is longer. */
const maxManifestBytes = 16 * 1024 * 1024;
const maxKept = 64;

export interface FindPackageOptions {
  readonly read?: (path: string) => Promise<Buffer>;
}

/** Reads manifests when they are first asked for, and again when they have changed: packages may come and go while the relay runs. */
export function createFindPackage(mirrorFolder: string, { read = readFile }: FindPackageOptions = {}): FindPackage {
  const kept = new Map<string, { readonly stamp: string; readonly found: MirrorPackage | undefined }>();
  return async (id) => {
    if (!idPattern.test(id)) return undefined;
    const folder = join(mirrorFolder, id);
    const path = join(folder, 'manifest.json');
    const file = await stat(path).catch(absent);
    if (!file?.isFile() || file.size > maxManifestBytes) {
      kept.delete(id);
      return undefined;
    }
    const stamp = `${file.mtimeMs} ${file.size}`;
    const known = kept.get(id);
    if (known?.stamp === stamp) return known.found;
    // A failure of the moment is not remembered, and shows; only what was read says something about the package.
    const bytes = await read(path);
    const manifest = readManifest(bytes);
    const found = manifest?.id === id ? { folder, manifest, bytes } : undefined;
    if (kept.size >= maxKept) kept.clear();
    kept.set(id, { stamp, found });
    return found;
  };
}

/** Absent and out of bounds are the same to a client. */
function absent(error: unknown): undefined {
  if (!isAbsent(error)) throw error;
}

/** A manifest that is broken offers nothing: no file of it could be checked by who fetches it. */
function readManifest(bytes: Buffer): ModelManifest | undefined {
  try {
    return parseManifest(JSON.parse(bytes.toString('utf8')));
  } catch (error) {
    if (error instanceof SyntaxError || (isOrillaError(error) && error.code === 'catalog.bad-manifest'))
      return undefined;
    throw error;
  }
}
