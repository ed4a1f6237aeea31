import { createHash } from 'node:crypto';
import { cp, glob, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { runBuild } from './run-build.ts';

export interface EnsureAppOptions {
  /** The repository's root. */
  readonly root: string;
  readonly signal: AbortSignal;
  readonly log: (message: string) => void;
  /** Builds the demo into a folder. */
  readonly build?: typeof runBuild;
}

/** Everything that the built demo depends on, from the repository's root; the lockfile stands for all packages of others. */
const inputs = [
  'demo/{index.html,package.json,vite.config.ts}',
  'demo/{src,public}/**/*',
  'packages/{contract,core,worker}/{package.json,src/**/*}',
  'package-lock.json',
  'tsconfig.base.json',
];
const isTest = (path: string) => /\.test\.\w+$/.test(path);
/** Hidden, so that it is not served. */
const stampName = '.inputs';

/** The demo's built folder, made anew if anything it is built from has changed. @throws Error where it can't be built; AbortError */
export async function ensureApp({ root, signal, log, build = runBuild }: EnsureAppOptions): Promise<string> {
  const folder = join(root, 'demo', 'dist');
  const hash = await hashInputs(root);
  if ((await readStamp(folder)) === hash) return folder;
  log('Building the demo.');
  const cache = join(root, 'node_modules', '.cache');
  await mkdir(cache, { recursive: true });
  const working = await mkdtemp(join(cache, 'orilla-demo-'));
  try {
    await build({ root, folder: working, signal });
    await writeFile(join(working, stampName), hash);
    signal.throwIfAborted();
    await replace(folder, working);
  } finally {
    await rm(working, { recursive: true, force: true });
  }
  return folder;
}

/** The demo as it was last built. @throws Error where it never was */
export async function findApp(root: string): Promise<string> {
  const folder = join(root, 'demo', 'dist');
  const index = await stat(join(folder, 'index.html')).catch(() => undefined); // absent is all that matters
  if (index?.isFile()) return folder;
  throw new Error('The demo has not been built yet. Leave out --no-build, or --no-app serves everything else.');
}

async function hashInputs(root: string): Promise<string> {
  const paths: string[] = [];
  for await (const entry of glob(inputs, { cwd: root, withFileTypes: true })) {
    if (entry.isFile() && !isTest(entry.name)) paths.push(join(entry.parentPath, entry.name));
  }
  const hash = createHash('sha256');
  for (const path of paths.toSorted()) {
    const bytes = await readFile(path);
    hash.update(`${relative(root, path).split(sep).join('/')}\0${bytes.length}\0`).update(bytes);
  }
  return hash.digest('hex');
}

async function readStamp(folder: string): Promise<string | undefined> {
  return readFile(join(folder, stampName), 'utf8').catch(() => undefined); // none: then it has to be built
}

/**
 * The old build goes in one step and the new one comes in one step, so that what is served is whole at every moment, but for the one
 * between them. Of two that end together the first one stays: both are made of the same sources.
 */
async function replace(folder: string, working: string): Promise<void> {
  const old = `${working}-old`;
  try {
    await rename(folder, old).catch(ignoreMissing); // none yet, or somebody else is replacing it
    await rename(working, folder);
  } catch (error) {
    if (!isErrno(error, 'EXDEV', 'ENOTEMPTY', 'EEXIST')) throw error;
    // Another disk, which no folder can be moved to, or somebody was quicker.
    await cp(working, folder, { recursive: true });
  } finally {
    await rm(old, { recursive: true, force: true });
  }
}

function ignoreMissing(error: unknown): void {
  if (!isErrno(error, 'ENOENT')) throw error;
}

function isErrno(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}
