import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { runOutside } from './run-outside.ts';

/** The packages that are published, by their folders. `embedded` is not: only the workspace installs it. */
export type PublishedPackage = 'contract' | 'worker' | 'core' | 'relay';

/** A packed package. */
export interface Tarball {
  /** `@orilla/core`. */
  name: string;
  version: string;
  /** Where it lies. */
  path: string;
  /** What it holds, as paths inside the package. */
  files: readonly string[];
}

const packagesFolder = join(import.meta.dirname, '..', '..', 'packages');

/** Packs packages into `folder` as they would be published, each built anew by its own `prepack`. */
export async function packPackages(
  packages: readonly PublishedPackage[],
  folder: string,
  { signal }: { signal?: AbortSignal } = {},
): Promise<Tarball[]> {
  // A dist from before may hold files whose sources are gone, and tsc removes none of them.
  await Promise.all(packages.map((name) => removeBuild(join(packagesFolder, name))));
  const tarballs: Tarball[] = [];
  for (const name of packages) tarballs.push(await pack(join(packagesFolder, name), folder, signal));
  return tarballs;
}

async function removeBuild(cwd: string): Promise<void> {
  await rm(join(cwd, 'dist'), { recursive: true, force: true });
  await rm(join(cwd, 'tsconfig.tsbuildinfo'), { force: true });
}

async function pack(cwd: string, folder: string, signal: AbortSignal | undefined): Promise<Tarball> {
  const printed = await runOutside('npm', ['pack', '--json', '--pack-destination', folder], { cwd, signal });
  // The form that npm 11 prints, which is the one this repository asks for.
  const [packed] = JSON.parse(printed) as {
    name: string;
    version: string;
    filename: string;
    files: { path: string }[];
  }[];
  if (!packed) throw new Error(`npm pack printed no package in ${cwd}. Run it there by hand to see why.`);
  const { name, version, filename, files } = packed;
  return { name, version, path: join(folder, filename), files: files.map(({ path }) => path) };
}
