import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { mesaSource } from './debian-source.ts';

const run = promisify(execFile);

/** A mirror that does not answer must not keep anybody waiting for ever. */
const aptTimeoutMs = 300_000;

const libraryFolders: Readonly<Record<string, string>> = { x64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' };

export interface LavapipeOptions {
  signal?: AbortSignal;
  log?: (message: string) => void;
  isRoot?: boolean;
}

/**
 * Puts Mesa 25's lavapipe under `folder` unless it is there, and returns the driver's path. Nothing outside `folder`
 * is touched, except that root gets the libraries which the driver needs from Debian when the machine lacks them.
 * @throws Error saying why it cannot be had.
 */
export async function lavapipeDriver(folder: string, options: LavapipeOptions = {}): Promise<string> {
  const { log, signal, isRoot = process.getuid?.() === 0 } = options;
  const libraries = libraryFolders[process.arch];
  if (process.platform !== 'linux' || libraries === undefined)
    throw new Error(`there is none for ${process.platform} on ${process.arch}`);
  const driver = join(folder, 'usr', 'lib', libraries, 'libvulkan_lvp.so');
  if (!existsSync(driver)) {
    log?.('Fetching Mesa’s lavapipe (11 MB), a WebGPU adapter with shader-f16 for machines without a GPU.');
    await unpackMesa(folder, signal);
  }
  let missing = await missingLibraries(driver);
  if (missing.length > 0 && isRoot) {
    log?.('Installing the libraries that lavapipe needs.');
    const libraryPackages = await dependencies(folder);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const bounded = { env, timeout: aptTimeoutMs, maxBuffer: 64 * 2 ** 20, ...(signal && { signal }) };
    await run('apt-get', ['-qq', 'update'], bounded);
    await run('apt-get', ['-qq', 'install', '-y', '--no-install-recommends', ...libraryPackages], bounded);
    missing = await missingLibraries(driver);
  }
  if (missing.length > 0) throw new Error(`this machine lacks ${missing.join(', ')}, which it needs`);
  return driver;
}

/** Downloads the package with apt into a folder of its own, lists included, and unpacks it there. */
async function unpackMesa(folder: string, signal: AbortSignal | undefined): Promise<void> {
  const source = await mesaSource();
  if (source === undefined) throw new Error('only Debian 12 and 13 have a package for it');
  const lists = join(folder, 'lists');
  const packages = join(folder, 'packages');
  await rm(packages, { recursive: true, force: true });
  await mkdir(join(lists, 'partial'), { recursive: true });
  await mkdir(packages, { recursive: true });
  await writeFile(join(folder, 'mesa.list'), `${source}\n`);
  const own = [
    ['Dir::Etc::sourcelist', join(folder, 'mesa.list')],
    ['Dir::Etc::sourceparts', '-'],
    ['Dir::State::lists', lists],
    // Without a cache in memory only, the machine's own cache would be rewritten for this one source.
    ['Dir::Cache::pkgcache', ''],
    ['Dir::Cache::srcpkgcache', ''],
    ['APT::Get::List-Cleanup', '0'],
    ['APT::Sandbox::User', 'root'],
    ['Acquire::http::Timeout', '10'],
    ['Acquire::https::Timeout', '10'],
    ['Acquire::Retries', '1'],
  ].flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  const options = { cwd: packages, timeout: aptTimeoutMs, ...(signal && { signal }) };
  await run('apt-get', [...own, '-qq', 'update'], options);
  await run('apt-get', [...own, '-qq', 'download', 'mesa-vulkan-drivers'], options);
  await run('dpkg-deb', ['-x', await mesaPackage(folder), folder], options);
}

async function mesaPackage(folder: string): Promise<string> {
  const [name] = (await readdir(join(folder, 'packages'))).filter((file) => file.endsWith('.deb'));
  if (name === undefined) throw new Error('apt brought no package');
  return join(folder, 'packages', name);
}

/** Names of the packages that the driver's package depends on, versions left aside: the machine's own serve. */
async function dependencies(folder: string): Promise<string[]> {
  const { stdout } = await run('dpkg-deb', ['-f', await mesaPackage(folder), 'Depends']);
  return packageNames(stdout);
}

/** `libc6 (>= 2.34), liba | libb` → `libc6`, `liba`. */
export function packageNames(depends: string): string[] {
  return depends
    .split(',')
    .map((dependency) => /^[a-z0-9][a-z0-9+.-]*/.exec(dependency.trim())?.[0])
    .filter((name) => name !== undefined);
}

async function missingLibraries(driver: string): Promise<string[]> {
  const { stdout } = await run('ldd', [driver]);
  return [...stdout.matchAll(/^\s*(\S+) => not found$/gm)].map((match) => match[1] ?? '');
}
