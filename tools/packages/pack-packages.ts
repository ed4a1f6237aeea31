import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runOutside } from './run-outside.ts';
import { copyWorkspace } from './workspace-copy.ts';

/** The packages that are published, by their folders. `embedded` is not: only the workspace installs it. */
export type PublishedPackage = 'contract' | 'worker' | 'core' | 'relay' | 'cli';

/** A packed package. */
export interface Tarball {
  /** `@orilla/core`. */
  name: string;
  version: string;
  fileName: string;
  /** Where it lies. */
  path: string;
  /** What it holds, as paths inside the package. */
  files: readonly string[];
}

/** Packs packages into `folder` as they would be published, each built by its own `prepack` from nothing but its sources. */
export async function packPackages(
  packages: readonly PublishedPackage[],
  folder: string,
  { signal }: { signal?: AbortSignal | undefined } = {},
): Promise<Tarball[]> {
  const scratch = await mkdtemp(join(tmpdir(), 'orilla-pack-'));
  try {
    const copy = await copyWorkspace(scratch);
    const tarballs: Tarball[] = [];
    for (const name of packages) tarballs.push(await pack(join(copy.packages, name), folder, signal));
    return tarballs;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
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
  return { name, version, fileName: filename, path: join(folder, filename), files: files.map(({ path }) => path) };
}
