import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packPackages, type Tarball } from '../../../tools/packages/pack-packages.ts';
import { runOutside } from '../../../tools/packages/run-outside.ts';

/** A newcomer's app outside the workspace: two files, Vite, and the packages as they are published. */
export interface FreshApp {
  readonly path: string;
  readonly tarballs: readonly Tarball[];
  remove(): Promise<void>;
}

/** Packs what a web app installs, and installs it into a new folder. There is no configuration of Vite. */
export async function makeFreshApp(): Promise<FreshApp> {
  const path = await mkdtemp(join(tmpdir(), 'orilla-fresh-app-'));
  const remove = () => rm(path, { recursive: true, force: true });
  try {
    await cp(join(import.meta.dirname, 'app'), path, { recursive: true });
    const tarballs = await packPackages(['contract', 'worker', 'core'], path);
    await writeFile(join(path, 'package.json'), JSON.stringify(await packageJson(tarballs), null, 2));
    await runOutside('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline'], { cwd: path });
    return { path, tarballs, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function packageJson(tarballs: readonly Tarball[]): Promise<object> {
  const root = join(import.meta.dirname, '..', '..', '..', 'package.json');
  // This repository's own, which names its Vite.
  const { devDependencies } = JSON.parse(await readFile(root, 'utf8')) as { devDependencies: { vite: string } };
  return {
    name: 'fresh-app',
    private: true,
    type: 'module',
    // Unpublished versions are known by their files only.
    dependencies: Object.fromEntries(tarballs.map(({ name, path }) => [name, `file:${path}`])),
    devDependencies: { vite: devDependencies.vite },
  };
}
