import type { DevicePackage, ModelManifest, PackageSource } from '@orilla/contract';
import type { FileSource } from '../files/file-source.ts';
import type { ModelDescription } from '../model/model-description.ts';

/** What a catalog says of a package, with the relay's own mirror first, and a hub behind it where one file is all there is. */
export function catalogEntry(
  { id, engine, files, contextLength, memory, license, requires }: ModelManifest,
  { hub, task }: Pick<FileSource, 'hub'> & Pick<ModelDescription, 'task'> = {},
): DevicePackage {
  const sources: PackageSource[] = [{ kind: 'mirror', url: `/orilla/v1/models/${id}/` }];
  const [file, ...others] = files;
  if (hub && file && others.length === 0)
    sources.push({
      kind: 'hub',
      repository: hub.repository,
      revision: hub.revision,
      path: [hub.folder, file.path].filter(Boolean).join('/'),
    });
  return {
    id,
    engine,
    ...(task && { task }),
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    contextLength,
    memory,
    ...(requires && { requires }),
    license,
    sources,
  };
}
