import { ensurePackage } from '@orilla/cli';
import type { DevicePackage } from '@orilla/core';
import { cacheFolder } from '../../tools/cache/cache-folder.ts';
import { ensureStarterModel } from '../../tools/model/starter-model.ts';
import { starter } from '../../tools/start/starter.ts';

/** As the demo's catalog opens it on a device. */
const contextLength = 2_048;

export interface StarterPackage {
  readonly pkg: DevicePackage;
  /** The mirror's folder on disk. */
  readonly mirrorFolder: string;
  /** Where the mirror serves the model file itself. */
  readonly fileUrl: string;
}

/** The starter model, fetched and packed where that has not been done, as `npm start` serves it. */
export async function starterPackage({
  signal,
  log,
}: {
  readonly signal?: AbortSignal | undefined;
  readonly log?: ((message: string) => void) | undefined;
}): Promise<StarterPackage> {
  const told = { ...(signal && { signal }), ...(log && { log }) };
  const { packageId: id, license, contextLength: trained } = starter;
  const { path, sha256 } = await ensureStarterModel(told);
  const mirrorFolder = cacheFolder(['mirror']);
  const manifest = await ensurePackage({
    ...told,
    path,
    sha256,
    id,
    license,
    contextLength: trained,
    folder: mirrorFolder,
  });
  const [file] = manifest.files;
  if (!file) throw new Error(`The package ${id} holds no file.`);
  const url = `/orilla/v1/models/${id}/`;
  const { engine, memory } = manifest;
  return {
    pkg: { id, engine, bytes: file.bytes, contextLength, memory, license, sources: [{ kind: 'mirror', url }] },
    mirrorFolder,
    fileUrl: `${url}files/${file.path}`,
  };
}
