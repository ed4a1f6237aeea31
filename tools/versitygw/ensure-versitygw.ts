import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder } from '../cache/cache-folder.ts';

const run = promisify(execFile);

/** The release of the S3 server that is tested against. */
export const versitygwVersion = '1.8.0';

const goPackage = 'github.com/versity/versitygw/cmd/versitygw';
/** A minute on two quiet cores; a busy machine and a slow module proxy get their time, a dead one does not. */
const installTimeoutMs = 900_000;

export interface EnsureVersitygwOptions {
  readonly signal?: AbortSignal | undefined;
  /** Told in a sentence what is being built, when anything is. */
  readonly log?: ((message: string) => void) | undefined;
  /** Folder in which the program lies, or will lie. */
  readonly folder?: string;
  /** Builds the program into a folder; `undefined` where this machine has no Go. */
  readonly build?: (folder: string, options: { readonly signal?: AbortSignal | undefined }) => Promise<void>;
  /** The version that a program was built from; `undefined` where that cannot be told. */
  readonly versionOf?: (path: string) => Promise<string | undefined>;
}

/** A real S3 server's program, or why there can be none here. */
export type EnsuredVersitygw = { readonly path: string } | { readonly notRun: string };

/**
 * Finds versitygw in the cache, or builds it with Go: once, in about a minute. Never throws for a machine that can have none.
 * @throws the signal's reason when aborted
 */
export async function ensureVersitygw(options: EnsureVersitygwOptions = {}): Promise<EnsuredVersitygw> {
  const { signal, log, build = buildWithGo, versionOf = builtVersion } = options;
  const { folder = cacheFolder([`versitygw-${versitygwVersion}`]) } = options;
  const path = join(folder, 'versitygw');
  // Only a whole and checked program ever gets this name.
  if (existsSync(path)) return { path };
  log?.(`Building the S3 server versitygw ${versitygwVersion} with Go, once; this takes about a minute.`);
  await mkdir(dirname(folder), { recursive: true });
  const working = await mkdtemp(`${folder}-`);
  try {
    await build(working, { signal });
    const version = await versionOf(join(working, 'versitygw'));
    if (version !== versitygwVersion)
      return { notRun: `Go built version ${version ?? 'unknown'} of versitygw instead of ${versitygwVersion}` };
    await takePlace(working, folder);
    return { path };
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    return { notRun: whyNot(error) };
  } finally {
    await rm(working, { recursive: true, force: true });
  }
}

function whyNot(error: unknown): string {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
    return 'the S3 server versitygw is built with Go, and there is no Go here. Install Go 1.25 or newer (https://go.dev/dl) and try again';
  const stderr = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
  const said = stderr || String(error instanceof Error ? error.message : error);
  const lastLine = said.split('\n').at(-1) ?? '';
  return `the S3 server versitygw could not be built (${lastLine}). Check that Go reaches its module proxy and try again`;
}

async function buildWithGo(folder: string, { signal }: { readonly signal?: AbortSignal | undefined }): Promise<void> {
  // Go checks the modules against its public checksum database by itself.
  await run('go', ['install', `${goPackage}@v${versitygwVersion}`], {
    env: { ...process.env, GOBIN: folder },
    timeout: installTimeoutMs,
    maxBuffer: 16 * 2 ** 20,
    ...(signal && { signal }),
  });
}

/** A program that `go install` built calls itself `git`; Go itself wrote into it what it was built from. */
async function builtVersion(path: string): Promise<string | undefined> {
  const { stdout } = await run('go', ['version', '-m', path], { timeout: 60_000 });
  return /^\tmod\tgithub\.com\/versity\/versitygw\tv(\S+)/m.exec(stdout)?.[1];
}

async function takePlace(working: string, folder: string): Promise<void> {
  try {
    await rename(working, folder);
  } catch (error) {
    // Somebody was quicker: theirs is the same.
    if (!existsSync(join(folder, 'versitygw'))) throw error;
  }
}
