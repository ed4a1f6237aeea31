import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isPackageId } from '@orilla/contract';
import { isAbsent, openInside } from '../files/open-inside.ts';
import { sendFile } from '../files/send-file.ts';
import { keepRecent } from './keep-recent.ts';
import { keptManifests, type ManifestDocument, maxManifestBytes, readManifestDocument } from './manifest-document.ts';
import { differingFile, type MirrorPackage, type MirrorSource, missingFile, shareLookups } from './mirror-source.ts';
import { shareWithListedOrigins } from './share-with-listed-origins.ts';

export interface FolderSourceOptions {
  readonly read?: (path: string) => Promise<Buffer>;
}

/** A file under its hash never changes. */
const forever = 'public, max-age=31536000, immutable';

/**
 * The packages of a folder: `<id>/manifest.json` and `<id>/files/<path>`. Manifests are read when they are first asked for,
 * and again when they have changed: packages may come and go while the relay runs.
 */
export function createFolderSource(mirrorFolder: string, { read = readFile }: FolderSourceOptions = {}): MirrorSource {
  const kept = keepRecent<{ readonly stamp: string; readonly found: MirrorPackage | undefined }>(keptManifests);

  async function find(id: string): Promise<MirrorPackage | undefined> {
    if (!isPackageId(id)) return undefined;
    const folder = join(mirrorFolder, id);
    const path = join(folder, 'manifest.json');
    const file = await stat(path).catch(absent);
    if (!file?.isFile() || file.size > maxManifestBytes) {
      kept.delete(id);
      return undefined;
    }
    // A manifest that takes another's place within a tick of the file system's clock may have its size, but not its inode.
    const stamp = `${file.ino} ${file.ctimeMs} ${file.mtimeMs} ${file.size}`;
    const known = kept.get(id);
    if (known?.stamp === stamp) return known.found;
    // A failure of the moment is not remembered, and shows; only what was read says something about the package.
    const document = readManifestDocument(id, await read(path));
    const found = document && folderPackage(folder, document);
    kept.set(id, { stamp, found }, document?.sizeBytes ?? 0);
    return found;
  }

  return { find: shareLookups(find), sendsFiles: true, close: () => undefined };
}

function folderPackage(folder: string, document: ManifestDocument): MirrorPackage {
  return {
    document,
    async answerFile({ request, response }, file) {
      const opened = await openInside(join(folder, 'files'), file.path);
      if (!opened) throw missingFile();
      if (opened.bytes !== file.bytes) {
        await opened.handle.close();
        throw differingFile();
      }
      shareWithListedOrigins(response);
      await sendFile(request, response, opened, {
        etag: `"${file.sha256}"`,
        contentType: 'application/octet-stream',
        cacheControl: forever,
      });
    },
  };
}

/** Absent and out of bounds are the same to a client. */
function absent(error: unknown): undefined {
  if (!isAbsent(error)) throw error;
}
