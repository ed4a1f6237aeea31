import type { EngineName, ModelManifest } from '@orilla/contract';
import { type MadePackage, makePackage } from '../../test/fixtures/worker-page/make-package.ts';

export interface FolderPackageOptions {
  readonly id: string;
  readonly engine: EngineName;
  readonly contextLength: number;
  readonly license: string;
}

const chunkBytes = 8 * 1024 ** 2;

/** A package of several files on disk, given by their paths in it. */
export async function folderPackage(
  files: ReadonlyMap<string, string>,
  { id, ...options }: FolderPackageOptions,
): Promise<MadePackage> {
  const made = [];
  for (const [path, content] of files) made.push(await makePackage({ id, content, chunkBytes, path }));
  const manifest: ModelManifest = {
    schema: 'orilla.model/1',
    id,
    ...options,
    files: made.flatMap(({ manifest: { files: one } }) => one),
    memory: { weights: 1, kvPerToken: 0, scratch: 0 },
  };
  const { contextLength, memory } = manifest;
  return {
    manifest,
    served: {
      ...Object.assign({}, ...made.map(({ served }) => served)),
      [`${id}/manifest.json`]: new TextEncoder().encode(JSON.stringify(manifest)),
    },
    describe: (...mirrorUrls) => ({
      id,
      engine: options.engine,
      bytes: manifest.files.reduce((sum, { bytes }) => sum + bytes, 0),
      contextLength,
      memory,
      license: options.license,
      sources: mirrorUrls.map((url) => ({ kind: 'mirror', url: `${url}${id}/` })),
    }),
  };
}
