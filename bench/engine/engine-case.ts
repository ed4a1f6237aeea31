import type { Backend, EngineName } from '@orilla/contract';
import type { PeerName } from '../engine-page/page-bench.ts';
import type { Goal } from '../report/row.ts';

/** What a browser computes with: no WebGPU, the adapter that the machine has, or lavapipe, which has `shader-f16`. */
export const adapterNames = ['none', 'machine', 'lavapipe'] as const;
export type AdapterName = (typeof adapterNames)[number];

export const modelNames = ['smollm2-135m', 'smollm2-135m-onnx', 'tiny-llama-onnx', 'tiny-llama-webllm'] as const;
export type BenchModel = (typeof modelNames)[number];

/** An engine on an adapter with a model, beside the library that does the same without us. */
export interface EngineCase {
  readonly engine: EngineName;
  readonly adapter: AdapterName;
  readonly backend: Backend;
  readonly model: BenchModel;
  readonly peer: PeerName;
  /** Behind `engine.NAME.decode` and `engine.NAME.prefill`. */
  readonly suffix: '' | `.${string}`;
  /** Of a prompt. */
  readonly words: number;
  /** Of an answer. */
  readonly tokens: number;
  readonly goals: { readonly prefill: Goal; readonly decode: Goal };
  /** Whether a worker that only passes tokens on is measured too, for what Orilla adds to each token. */
  readonly measuresGaps?: true;
}

const nearlyAsFast: Goal = { of: 'ratio', is: 'at least', value: 0.95 };
const faster: Goal = { of: 'ratio', is: 'more than', value: 1 };

const asRaw = { prefill: nearlyAsFast, decode: nearlyAsFast } as const;
const llamacpp = { engine: 'llamacpp', model: 'smollm2-135m', peer: 'wllama', goals: asRaw } as const;
const webllm = {
  engine: 'webllm',
  backend: 'webgpu',
  model: 'tiny-llama-webllm',
  peer: 'webLlm',
  goals: asRaw,
} as const;
const onnx = {
  engine: 'onnx',
  model: 'tiny-llama-onnx',
  peer: 'transformers',
  goals: { prefill: null, decode: faster },
} as const;

/** In this order, so that each browser is opened once. Few tokens where a second brings but two. */
export const engineCases: readonly EngineCase[] = [
  { ...llamacpp, adapter: 'none', backend: 'wasm', suffix: '', words: 40, tokens: 48, measuresGaps: true },
  { ...onnx, adapter: 'none', backend: 'wasm', suffix: '.wasm', words: 32, tokens: 96 },
  { ...onnx, adapter: 'none', backend: 'wasm', suffix: '.smollm2', model: 'smollm2-135m-onnx', words: 8, tokens: 6 },
  { ...webllm, adapter: 'machine', suffix: '', words: 32, tokens: 24 },
  { ...onnx, adapter: 'machine', backend: 'webgpu', suffix: '', words: 32, tokens: 24 },
  { ...webllm, adapter: 'lavapipe', suffix: '.lavapipe', words: 32, tokens: 64 },
  { ...onnx, adapter: 'lavapipe', backend: 'webgpu', suffix: '.lavapipe', words: 32, tokens: 96 },
  { ...llamacpp, adapter: 'lavapipe', backend: 'webgpu', suffix: '.lavapipe', words: 2, tokens: 4 },
];

const gapNames = ['added.p50', 'added.p99', 'p50', 'p99', 'page.p99'] as const;

/** What its rows are called. */
export function rowIds({ engine, suffix, measuresGaps }: EngineCase): readonly string[] {
  const rates = ['decode', 'prefill'].map((what) => `engine.${engine}.${what}${suffix}`);
  return measuresGaps ? [...gapNames.map((name) => `engine.${engine}.gap.${name}`), ...rates] : rates;
}

/** Whether it has rows that were asked for by the beginning of their ids. */
export function isAskedFor(one: EngineCase, only: string | undefined): boolean {
  return only === undefined || rowIds(one).some((id) => id.startsWith(only));
}

/** Whether rows are asked for that are none of a case's: how engines behave. */
export function asksForBehaviour(only: string | undefined): boolean {
  return only === undefined || !/^engine\.\w+\.(decode|prefill|gap)\b/.test(only);
}
