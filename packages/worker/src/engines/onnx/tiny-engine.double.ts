import type { ChatRequest, GenerateOptions, TokenEvent } from '@orilla/contract';
import { createMaskCompiler } from '../../text/grammar/compile-token-mask.ts';
import { xgrammarInNode } from '../../text/grammar/xgrammar.double.ts';
import { OnnxEngine } from './onnx-engine.ts';
import { loadNodeOrt, manifestOf, tinyWeights } from './tiny-model.double.ts';

export const noGpu = { webgpu: null, threads: async () => 1 };
const weights = tinyWeights();
const xgrammar = xgrammarInNode();
const compileMask = createMaskCompiler({ load: () => xgrammar });

/** The engine with the tiny llama, on WASM in this process. */
export async function openTinyEngine(contextLength = 512): Promise<OnnxEngine> {
  const engine = new OnnxEngine(noGpu, { loadOrt: loadNodeOrt, compileMask });
  const { signal } = new AbortController();
  await engine.load(manifestOf(weights), weights, { contextLength, signal });
  return engine;
}

export const question: ChatRequest = {
  model: 'tiny',
  messages: [{ role: 'user', content: 'What is the name of this river?' }],
  max_tokens: 12,
  temperature: 0,
};

/** Fields as they come from outside. */
export const ask = (fields: object): ChatRequest => ({ ...question, ...fields });

/** An answer as a whole. */
export async function answer(engine: OnnxEngine, request: ChatRequest, options: Partial<GenerateOptions> = {}) {
  const events: TokenEvent[] = [];
  const { signal } = new AbortController();
  for await (const event of engine.generate(request, { signal, ...options })) events.push(event);
  const tokens = events.filter((event) => event.type === 'token');
  const finish = events.at(-1);
  if (finish?.type !== 'finish') throw new Error('It did not finish.');
  return {
    events,
    tokens,
    finish,
    text: tokens.map(({ text }) => text).join(''),
    ids: tokens.flatMap(({ tokenIds }) => tokenIds ?? []),
  };
}

export const failureOf = (work: Promise<unknown>): Promise<unknown> => work.catch((error: unknown) => error);
