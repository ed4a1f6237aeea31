import { isAbortError, type LoadedModel, type OrillaError } from '@orilla/contract';
import { Wllama } from '@wllama/wllama/esm/index.js';
import { crashed, deviceLost, outOfMemory, tellsOfLostDevice, tellsOfMemory } from './engine-errors.ts';
import { letTokensLeave } from './let-tokens-leave.ts';
import type { Pooling } from './model-task.ts';
import { readOffload } from './read-offload.ts';
import { wllamaWasmUrl } from './wllama-wasm.ts';

/** A request takes its turn between two batches, so a batch is how long an abort or another request waits for the prompt of one. */
const promptBatch = { webgpu: 128, wasm: 32 } as const;

/**
 * Sequences that llama.cpp computes side by side. It gives a prompt to the sequence that shares most of its beginning, even where another
 * conversation's later turns are lost by it; wllama reads no `id_slot`, so that nobody else can choose. What loses its sequence to a prompt
 * of another beginning is kept in llama.cpp's own prompt cache, with as many bytes as it had in the KV cache: that grows with every such
 * conversation up to 8 GiB, and wllama has no option for it.
 */
export const parallelSequences = 2;

export interface OpenWllamaOptions {
  readonly files: readonly Blob[];
  readonly contextLength: number;
  readonly threads: number;
  readonly backend: keyof typeof promptBatch;
  /** For a model that makes embeddings and writes nothing. */
  readonly pooling?: Pooling | null;
  readonly signal: AbortSignal;
  /** Told once when the worker around the WASM fails; wllama itself would only log it, and wait for ever. */
  readonly onCrash: (reason: OrillaError) => Promise<void> | undefined;
  readonly makeWllama?: (...how: ConstructorParameters<typeof Wllama>) => Wllama;
}

export interface OpenedWllama {
  readonly wllama: Wllama;
  readonly threads: number;
  /** From llama.cpp's own report; `null` where it made none. */
  readonly gpuLayers: LoadedModel['gpuLayers'] | null;
}

/** Starts llama.cpp and gives it the model. An abort ends it in the middle. */
export async function openWllama(options: OpenWllamaOptions): Promise<OpenedWllama> {
  const {
    files,
    contextLength,
    backend,
    pooling = null,
    signal,
    onCrash,
    makeWllama = (...how) => new Wllama(...how),
  } = options;
  signal.throwIfAborted();
  let gpuLayers: OpenedWllama['gpuLayers'] = null;
  const died = Promise.withResolvers<never>();
  died.promise.catch(() => undefined); // raced below, where there is still a load to tell
  const spoke = Promise.withResolvers<void>();
  let lacksMemory = false;
  const end = (reason: OrillaError) => {
    died.reject(reason);
    onCrash(reason)?.catch(() => undefined); // ending what crashed can do no more than fail
  };
  // llama.cpp's log may quote prompts: it is read for a few lines and then dropped.
  const read = (...args: unknown[]) => {
    for (const arg of args) {
      if (typeof arg !== 'string') continue;
      gpuLayers = readOffload(arg) ?? gpuLayers;
      lacksMemory ||= tellsOfMemory(arg);
      if (tellsOfLostDevice(arg)) end(deviceLost());
    }
  };
  // The first thing that its worker does is to say so, at this level, at which wllama itself says nothing before.
  const readDebug = (...args: unknown[]) => {
    spoke.resolve();
    read(...args);
  };
  const readError = (...args: unknown[]) => {
    read(...args);
    if (args.some((arg) => arg instanceof Event)) end(crashed());
  };
  const wllama = makeWllama(
    { default: wllamaWasmUrl },
    { logger: { debug: readDebug, log: read, warn: read, error: readError } },
  );
  // Its default fetches code from a CDN where the browser lacks something.
  wllama.setCompat(null);
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  let loading: Promise<void> | null = null;
  try {
    loading = wllama.loadModel([...files], {
      n_ctx: contextLength,
      ...(pooling ? embeddingSettings(pooling, contextLength) : answerSettings(backend)),
      n_threads: options.threads,
      n_gpu_layers: backend === 'webgpu' ? everyLayer : 0,
      // As OpenAI's: an assistant's message at the end is followed by a new one, not continued.
      prefill_assistant: false,
    });
    await Promise.race([loading, died.promise, aborted.promise]);
    // wllama takes what llama.cpp refused for a loaded model.
    if (!(wllama.getLoadedContextInfo().n_vocab > 0)) throw new Error('llama.cpp refused the file');
    letTokensLeave(wllama);
    return { wllama, threads: wllama.getNumThreads(), gpuLayers };
  } catch (error) {
    // wllama ends no worker that it is still about to start: that would start all the same, and stay for ever.
    await Promise.race([spoke.promise, died.promise, loading]).catch(() => undefined); // how it failed is told below
    await wllama.exit();
    // What it raises then says less than its log did.
    throw lacksMemory && !isAbortError(error) ? outOfMemory(error) : error;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

const everyLayer = 999;

function answerSettings(backend: keyof typeof promptBatch) {
  return { n_batch: promptBatch[backend], n_ubatch: promptBatch[backend], n_parallel: parallelSequences };
}

/** All tokens of a text look at all others, so it is computed in one piece. */
function embeddingSettings(pooling: Pooling, contextLength: number) {
  return {
    embeddings: true,
    pooling_type: pooling,
    n_batch: contextLength,
    n_ubatch: contextLength,
    n_parallel: 1,
  };
}
