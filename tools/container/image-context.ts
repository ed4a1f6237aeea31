import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packPackages, type Tarball } from '../packages/pack-packages.ts';
import { runOutside } from '../packages/run-outside.ts';
import { containerLock, type Lockfile } from './container-lock.ts';

const root = join(import.meta.dirname, '..', '..');

/**
 * Makes the folder that `deploy/Containerfile` is built from: `app/` with the packed relay and exactly the dependencies of this
 * repository's lockfile, without their scripts. What was in the folder before is gone.
 */
export async function makeImageContext(folder: string, { signal }: { signal?: AbortSignal } = {}): Promise<void> {
  const app = join(folder, 'app');
  const packed = join(folder, 'packed');
  await rm(folder, { recursive: true, force: true });
  await Promise.all([app, packed].map((path) => mkdir(path, { recursive: true })));
  const tarballs = await packPackages(['contract', 'relay'], packed, { signal });
  const manifest = {
    name: 'orilla-relay-container',
    private: true,
    type: 'module',
    dependencies: fileDependencies(tarballs),
  };
  // npm's own file, in the form that its version says.
  const lock = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as Lockfile;
  await writeFile(join(app, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  await writeFile(join(app, 'package-lock.json'), `${JSON.stringify(containerLock(lock), null, 2)}\n`);
  // `openai` is a peer of which only types are used.
  const omit = ['--omit=dev', '--omit=peer', '--ignore-scripts'];
  await runOutside('npm', ['install', ...omit, '--no-audit', '--no-fund', '--prefer-offline'], { cwd: app, signal });
  await copyFile(join(root, 'deploy', 'healthcheck.js'), join(app, 'healthcheck.js'));
}

/** Paths relative to `app/`, so that nothing in the image tells where it was built. */
function fileDependencies(tarballs: readonly Tarball[]): Record<string, string> {
  return Object.fromEntries(tarballs.map(({ name, fileName }) => [name, `file:../packed/${fileName}`]));
}
