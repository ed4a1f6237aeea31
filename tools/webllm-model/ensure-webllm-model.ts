import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../cache/cache-folder.ts';
import { modelDigest } from './build-digest.ts';
import { type BuildModelOptions, buildModel } from './build-model.ts';
import { finishedFolder } from './finished-folder.ts';

export interface EnsureWebllmModelOptions {
  readonly signal?: AbortSignal | undefined;
  /** Told in a sentence what is being built, when anything is. */
  readonly log?: ((message: string) => void) | undefined;
  /** Where the model lies, or will lie, under a name that covers what it is made by. */
  readonly cache?: string;
  /** Fills an empty folder with the model. */
  readonly build?: (folder: string, options: BuildModelOptions) => Promise<void>;
}

/** The folder of the tiny WebLLM model, or why there can be none here. */
export type EnsuredWebllmModel = { readonly path: string } | { readonly notRun: string };

/**
 * Finds the tiny WebLLM model in the cache, or compiles it: once, in one to three minutes. The folder is an MLC folder, which `orilla pack`
 * takes, with `reference.json` beside (see `WebllmReference`). Never throws for a machine that can have none.
 * @throws the signal's reason when aborted
 */
export async function ensureWebllmModel(options: EnsureWebllmModelOptions = {}): Promise<EnsuredWebllmModel> {
  const { signal, log, cache = cacheFolder(['webllm-model']), build = buildModel } = options;
  const folder = join(cache, `model-${await modelDigest()}`);
  if (existsSync(folder)) return { path: folder };
  log?.('Building the tiny WebLLM model, once; this takes one to three minutes.');
  try {
    return { path: await finishedFolder(folder, (working) => build(working, { cache, signal, log })) };
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    const said = String(error instanceof Error ? error.message : error);
    return { notRun: `the tiny WebLLM model could not be built: ${said.trim().replace(/\.$/, '')}, and try again` };
  }
}
