import type { LoadResult } from '@orilla/core';
import { decodeMeter } from './decode-meter.ts';
import type { Question, Run } from './page-bench.ts';
import { Wllama } from './wllama.ts';

export interface WllamaSide {
  /** @param onToken told each piece of text as it comes */
  ask(question: Question, onToken?: (text: string) => void): Promise<Run>;
}

/** As Orilla's engine opens it on the CPU. */
const promptBatch = 32;
const parallelSequences = 2;

/** wllama as its own documentation uses it, called from the page or from a worker. */
export async function openWllama(fileUrl: string, loaded: LoadResult): Promise<WllamaSide> {
  const wllama = await loadWllama(fileUrl, loaded);
  return { ask: (question, onToken) => ask(wllama, question, onToken) };
}

/** A wllama with the model, opened with the parameters that Orilla's engine gives it. */
export async function loadWllama(
  fileUrl: string,
  { contextLength, threads }: Pick<LoadResult, 'contextLength' | 'threads'>,
): Promise<Wllama> {
  const file = await fetch(fileUrl);
  if (!file.ok) throw new Error(`The model file could not be fetched: status ${file.status}.`);
  const silent = { debug: ignore, log: ignore, warn: ignore, error: ignore };
  const wllama = new Wllama(
    { default: new URL('@wllama/wllama/esm/wasm/wllama.wasm', import.meta.url).href },
    { logger: silent },
  );
  wllama.setCompat(null);
  await wllama.loadModel([await file.blob()], {
    n_ctx: contextLength,
    n_batch: promptBatch,
    n_ubatch: promptBatch,
    n_threads: threads,
    n_gpu_layers: 0,
    n_parallel: parallelSequences,
    prefill_assistant: false,
  });
  if (wllama.getNumThreads() !== threads)
    throw new Error(`wllama took ${wllama.getNumThreads()} threads where Orilla's engine has ${threads}.`);
  return wllama;
}

async function ask(
  wllama: Wllama,
  { prompt, tokens }: Question,
  onToken: (text: string) => void = ignore,
): Promise<Run> {
  const meter = decodeMeter();
  let completionTokens = 0;
  await wllama.createChatCompletion({
    messages: [{ role: 'user', content: prompt }],
    temperature: 0,
    max_tokens: tokens,
    stream: true,
    stream_options: { include_usage: true },
    onData: ({ choices, usage }) => {
      const text = choices[0]?.delta.content;
      if (text) {
        onToken(text);
        meter.token();
      }
      completionTokens = usage?.completion_tokens ?? completionTokens;
    },
  });
  return { tokens: completionTokens, tokensPerSecond: meter.tokensPerSecond(completionTokens) };
}

function ignore(): void {
  // llama.cpp's log is not what is measured, and not everybody wants the text
}
