import type { Backend, LoadResult } from '@orilla/core';
import { answerMeter, countsOf, type WireUsage } from './answer-meter.ts';
import { messagesOf } from './messages.ts';
import type { PeerModel, Question, Run } from './page-bench.ts';
import { Wllama } from './wllama.ts';

export interface WllamaSide {
  /** @param onToken told each piece of text as it comes */
  ask(question: Question, onToken?: (text: string) => void): Promise<Run>;
}

/** As Orilla's engine opens it. */
const promptBatch = { wasm: 32, webgpu: 128 } as const;
const gpuLayers = { wasm: 0, webgpu: 999 } as const;
const parallelSequences = 2;

export interface WllamaModel extends Pick<LoadResult, 'contextLength' | 'threads'> {
  /** Default: WASM. */
  readonly backend?: Backend;
}

/** wllama as its own documentation uses it, called from the page or from a worker. */
export async function openWllama({ url, ...model }: PeerModel): Promise<WllamaSide> {
  const wllama = await loadWllama(url, model);
  return { ask: (question, onToken) => ask(wllama, question, onToken) };
}

/**
 * A wllama with the model, opened with the parameters that Orilla's engine gives it.
 * @throws Error where it has other threads, or not every layer on the GPU
 */
export async function loadWllama(
  fileUrl: string,
  { contextLength, threads, backend = 'wasm' }: WllamaModel,
): Promise<Wllama> {
  const file = await fetch(fileUrl);
  if (!file.ok) throw new Error(`The model file could not be fetched: status ${file.status}.`);
  let hasEveryLayer = false;
  const read = (...args: readonly unknown[]) => {
    const [, offloaded, total] = /offloaded (\d+)\/(\d+) layers to GPU/.exec(args.join(' ')) ?? [];
    if (offloaded !== undefined) hasEveryLayer = offloaded === total;
  };
  const wllama = new Wllama(
    { default: new URL('@wllama/wllama/esm/wasm/wllama.wasm', import.meta.url).href },
    { logger: { debug: read, log: read, warn: read, error: read } },
  );
  wllama.setCompat(null);
  await wllama.loadModel([await file.blob()], {
    n_ctx: contextLength,
    n_batch: promptBatch[backend],
    n_ubatch: promptBatch[backend],
    n_threads: threads,
    n_gpu_layers: gpuLayers[backend],
    n_parallel: parallelSequences,
    prefill_assistant: false,
  });
  if (wllama.getNumThreads() !== threads)
    throw new Error(`wllama took ${wllama.getNumThreads()} threads where Orilla's engine has ${threads}.`);
  // On an adapter that it can't use it computes on the CPU, and says nothing.
  if (backend === 'webgpu' && !hasEveryLayer) throw new Error('wllama has not put every layer on the GPU.');
  return wllama;
}

async function ask(
  wllama: Wllama,
  question: Question,
  onToken: (text: string) => void = () => undefined,
): Promise<Run> {
  const meter = answerMeter();
  let used: WireUsage | null | undefined;
  await wllama.createChatCompletion({
    messages: messagesOf(question),
    temperature: 0,
    max_tokens: question.tokens,
    stream: true,
    stream_options: { include_usage: true },
    onData: ({ choices, usage }) => {
      const text = choices[0]?.delta.content;
      if (text) onToken(text);
      if (text || choices[0]?.finish_reason) meter.token();
      used = usage ?? used;
    },
  });
  return meter.run(countsOf(used));
}
