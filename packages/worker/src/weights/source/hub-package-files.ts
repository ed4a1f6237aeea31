import type { PackageFile, PackageSource } from '@orilla/contract';
import { badMetadata, type HubFilesOptions, packageFiles } from './hub-files.ts';
import { type HubFile, readHubTree } from './hub-tree.ts';

export interface HubPackageFilesOptions extends Omit<HubFilesOptions, 'packagePath'> {
  readonly pkg: Extract<PackageSource, { kind: 'hub' }>;
  /** In the repository, ending with `/`, or empty. */
  readonly folder: string;
  /** Empty where the package is the folder. */
  readonly fileName: string;
}

/**
 * The files of a package by the metadata of a hub; loaded only where a hub is asked, which takes a network anyway.
 * @throws OrillaError `catalog.unreachable`, `catalog.bad-manifest`; AbortError
 */
export async function hubPackageFiles(
  treeUrl: string,
  options: HubPackageFilesOptions,
): Promise<readonly PackageFile[]> {
  const { folder } = options;
  const chosen = chooseFiles(await readHubTree(treeUrl, options), options);
  return packageFiles(chosen, { ...options, packagePath: (path) => path.slice(folder.length) });
}

function chooseFiles(
  listed: readonly HubFile[],
  { pkg, folder, fileName, origin }: HubPackageFilesOptions,
): readonly HubFile[] {
  const names = fileName ? [fileName] : pkg.files;
  if (!names) {
    const all = listed.filter(({ path }) => path.startsWith(folder) && !isNote(path));
    if (all.length > 0) return all;
    throw badMetadata(origin, `lists no file in ${pkg.repository}/${folder}`);
  }
  return names.map((name) => {
    const found = listed.find(({ path }) => path === folder + name);
    if (!found) throw badMetadata(origin, `doesn't list ${folder}${name} in ${pkg.repository}`);
    return found;
  });
}

/** What stands in a repository for people and for Git. */
function isNote(path: string): boolean {
  return /(^|\/)(\.git[a-z]+|README(\.[a-z]+)?)$/i.test(path);
}
