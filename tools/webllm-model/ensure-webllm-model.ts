import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../cache/cache-folder.ts';
import { type BringBuildToolsOptions, type BuildTools, bringBuildTools } from './bring-build-tools.ts';
import { modelDigest } from './build-digest.ts';
import { type BuildModelOptions, buildModel } from './build-model.ts';
import { finishedFolder } from './finished-folder.ts';

export interface EnsureWebllmModelOptions {
  readonly signal?: AbortSignal | undefined;
  /** Told in a sentence what is being built, when anything is. */
  readonly log?: ((message: string) => void) | undefined;
  /** Where the model lies, or will lie, under a name that covers what it is made by. */
  readonly cache?: string;
  /** Brings the compilers, or rejects where this machine can have none. */
  readonly bringTools?: (options: BringBuildToolsOptions) => Promise<BuildTools>;
  /** Fills an empty folder with the model. */
  readonly build?: (folder: string, tools: BuildTools, options: BuildModelOptions) => Promise<void>;
}

/** The folder of the tiny WebLLM model, or why there can be none here. */
export type EnsuredWebllmModel = { readonly path: string } | { readonly notRun: string };

/**
 * Finds the tiny WebLLM model in the cache, or compiles it: once, in one to three minutes. The folder is an MLC folder, which `orilla pack`
 * takes, with `reference.json` beside (see `WebllmReference`). A machine that can have no compiler is told apart from a build that fails.
 * @throws Error where the compilers are there and the build fails; the signal's reason when aborted
 */
export async function ensureWebllmModel(options: EnsureWebllmModelOptions = {}): Promise<EnsuredWebllmModel> {
  const { signal, log, cache = cacheFolder(['webllm-model']) } = options;
  const { bringTools = bringBuildTools, build = buildModel } = options;
  const folder = join(cache, `model-${await modelDigest()}`);
  if (existsSync(folder)) return { path: folder };
  log?.('Building the tiny WebLLM model, once; this takes one to three minutes.');
  const shared = { cache, signal, log };
  let tools: BuildTools;
  try {
    tools = await bringTools(shared);
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    return { notRun: whyNot(error) };
  }
  return { path: await finishedFolder(folder, (working) => build(working, tools, shared)) };
}

function whyNot(error: unknown): string {
  const lastLine = String(error instanceof Error ? error.message : error)
    .trim()
    .split('\n')
    .at(-1);
  return `the tiny WebLLM model cannot be built here: ${lastLine}`;
}
