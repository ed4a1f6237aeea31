import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type ModelManifest, parseManifest } from '@orilla/contract';

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

/** Reads manifests when they are first asked for, and again when they have changed: packages may come and go while the relay runs. */
export function createFindPackage(mirrorFolder: string): FindPackage {
  const kept = new Map<string, { readonly stamp: string; readonly found: MirrorPackage | undefined }>();
  return async (id) => {
    if (!idPattern.test(id)) return undefined;
    const folder = join(mirrorFolder, id);
    const path = join(folder, 'manifest.json');
    const file = await stat(path).catch(() => undefined); // absent and unreadable are the same to a client
    if (!file?.isFile() || file.size > maxManifestBytes) {
      kept.delete(id);
      return undefined;
    }
    const stamp = `${file.mtimeMs} ${file.size}`;
    const known = kept.get(id);
    if (known?.stamp === stamp) return known.found;
    const found = await readPackage(id, folder, path);
    if (kept.size >= maxKept) kept.clear();
    kept.set(id, { stamp, found });
    return found;
  };
}

/** A manifest that is broken, or of another package, offers nothing: no file of it could be checked by who fetches it. */
async function readPackage(id: string, folder: string, path: string): Promise<MirrorPackage | undefined> {
  try {
    const bytes = await readFile(path);
    const manifest = parseManifest(JSON.parse(bytes.toString('utf8')));
    return manifest.id === id ? { folder, manifest, bytes } : undefined;
  } catch {
    return undefined;
  }
}
