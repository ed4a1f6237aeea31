import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder } from '../../tools/cache/cache-folder.ts';
import { finishedFolder } from '../../tools/webllm-model/finished-folder.ts';

/** A registry that does not answer must not keep anybody waiting for ever. */
const installTimeoutMs = 300_000;
const descriptions = ['package.json', 'package-lock.json'] as const;

export interface EnsurePeersOptions {
  readonly signal?: AbortSignal | undefined;
  /** Told in a sentence what is being fetched, when anything is. */
  readonly log?: ((message: string) => void) | undefined;
  /** Where they lie, or will lie, under a name that covers which ones they are. */
  readonly cache?: string;
  /** Fills a folder, which has the descriptions in it, with `node_modules`. */
  readonly install?: (folder: string, options: { readonly signal?: AbortSignal | undefined }) => Promise<void>;
}

/** The folder that holds `node_modules` with the peers, or why there can be none here. */
export type EnsuredPeers = { readonly path: string } | { readonly notRun: string };

/**
 * Finds the libraries that Orilla is compared with and that are no dependency of it, Transformers.js, or fetches them: the versions of the
 * lockfile in this folder, each checked by its hash, without their install scripts.
 * @throws the signal's reason when aborted
 */
export async function ensurePeers(options: EnsurePeersOptions = {}): Promise<EnsuredPeers> {
  const { signal, log, cache = cacheFolder(['bench-peers']), install = installWithNpm } = options;
  try {
    const path = await finishedFolder(join(cache, await peersDigest()), async (working) => {
      log?.('Fetching Transformers.js, once, to compare with.');
      for (const name of descriptions) await copyFile(join(import.meta.dirname, name), join(working, name));
      await install(working, { signal });
    });
    return { path };
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    const lines = String(error instanceof Error ? error.message : error)
      .trim()
      .split('\n');
    return {
      notRun: `Transformers.js can't be fetched here: ${lines.find((line) => line.includes('npm error')) ?? lines[0]}`,
    };
  }
}

async function peersDigest(): Promise<string> {
  const hash = createHash('sha256');
  for (const name of descriptions) hash.update(await readFile(join(import.meta.dirname, name)));
  return hash.digest('hex').slice(0, 16);
}

/** Checks every package by the lockfile's hash, and runs nothing of what it fetches. */
async function installWithNpm(
  folder: string,
  { signal }: { readonly signal?: AbortSignal | undefined },
): Promise<void> {
  const args = ['ci', '--ignore-scripts', '--omit=optional', '--no-audit', '--no-fund'];
  await promisify(execFile)('npm', args, { cwd: folder, timeout: installTimeoutMs, ...(signal && { signal }) });
}
