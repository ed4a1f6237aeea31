import { cp, mkdir, readdir, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');
const notCopied = new Set(['dist', 'node_modules', 'tsconfig.tsbuildinfo']);

/**
 * Copies the packages' sources to `folder`, beside links to everything that is installed, and returns where they are. What is built
 * there holds nothing of earlier builds: tsc leaves what it once wrote for a source that is gone.
 */
export async function copyWorkspace(folder: string): Promise<{ packages: string }> {
  const packages = join(folder, 'packages');
  await cp(join(root, 'packages'), packages, { recursive: true, filter: (path) => !notCopied.has(basename(path)) });
  await cp(join(root, 'tsconfig.base.json'), join(folder, 'tsconfig.base.json'));
  await linkInstalled(root, folder);
  const names = await readdir(packages);
  await Promise.all(names.map((name) => linkInstalled(join(root, 'packages', name), join(packages, name))));
  await mkdir(join(folder, 'node_modules', '@orilla'));
  await Promise.all(names.map((name) => symlink(join(packages, name), join(folder, 'node_modules', '@orilla', name))));
  return { packages };
}

/** Links every installed package of one folder into another, save the workspace's own. */
async function linkInstalled(from: string, to: string): Promise<void> {
  const installed = await readdir(join(from, 'node_modules')).catch(() => []);
  await mkdir(join(to, 'node_modules'), { recursive: true });
  const links = installed.filter((name) => name !== '@orilla');
  await Promise.all(links.map((name) => symlink(join(from, 'node_modules', name), join(to, 'node_modules', name))));
}
