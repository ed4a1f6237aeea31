import { OrillaError } from '@orilla/contract';
import type { WeightBackend } from '../backend/weight-backend.ts';
import { openPackage } from '../shelf/open-package.ts';
import { isPlainPath } from './read-tar.ts';
import { type TarFile, writeTar } from './write-tar.ts';

/**
 * A complete package as a tar archive, not copied until it is read. Unpacked into a mirror's folder it is served from there: it has the
 * manifest as its source sent it, so that a signature still holds, and the files.
 * @throws OrillaError `catalog.unknown-model` where the package isn't complete, `storage.bad-archive` where its id can't be a folder's name
 */
export async function exportPackage(id: string, backend: WeightBackend): Promise<Blob> {
  const record = await backend.packages.get(id);
  const opened = record && (await openPackage(record, backend));
  if (!record || !opened)
    throw new OrillaError(
      'catalog.unknown-model',
      `The model package ${id} isn't here as a whole, so it can't be exported.`,
      {
        advice: 'Download it first.',
      },
    );
  if (!isPlainPath(id))
    throw new OrillaError(
      'storage.bad-archive',
      `The model package can't be exported: ${id} can't be the name of a folder.`,
      {
        advice: 'Make the package again with another id.',
      },
    );
  const document = record.document ?? JSON.stringify(record.manifest);
  const files = [...opened.files].map(([path, content]): TarFile => ({ name: `${id}/files/${path}`, content }));
  return writeTar([{ name: `${id}/manifest.json`, content: new Blob([document]) }, ...files]);
}
