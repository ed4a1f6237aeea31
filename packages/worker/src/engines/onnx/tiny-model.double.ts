import { readdirSync, readFileSync } from 'node:fs';
import type { ModelManifest, WeightFiles } from '@orilla/contract';
import * as ort from 'onnxruntime-web/wasm';
import { type OpenSessionOptions, openSession } from './open-session.ts';
import { onnxFiles } from './package-files.ts';

const models = new URL('../../../../../test/fixtures/models/', import.meta.url);

/** The same model in 32-bit floats and, with other weights, in 16-bit ones. */
export type TinyModel = 'tiny-llama-onnx' | 'tiny-llama-onnx-f16';

/** The tiny llama's files, as the store gives them. */
export function tinyWeights(model: TinyModel = 'tiny-llama-onnx'): Map<string, Blob> {
  const folder = new URL(`${model}/`, models);
  return new Map(readdirSync(folder).map((name) => [name, new Blob([readFileSync(new URL(name, folder))])]));
}

export function manifestOf(weights: WeightFiles): ModelManifest {
  return {
    schema: 'orilla.model/1',
    id: 'tiny',
    engine: 'onnx',
    files: [...weights].map(([path, { size: bytes }]) => ({ path, bytes, sha256: '0'.repeat(64) })),
    contextLength: 512,
    memory: { weights: 1, kvPerToken: 1, scratch: 1 },
    license: 'Apache-2.0',
  };
}

/** The real onnxruntime, on WASM, in this process. */
export const loadNodeOrt: NonNullable<OpenSessionOptions['loadOrt']> = async () => {
  ort.env.wasm.numThreads = 1;
  return ort;
};

export function openTinySession(weights: WeightFiles = tinyWeights()) {
  const { signal } = new AbortController();
  const options = { backend: 'wasm', threads: 1, signal, loadOrt: loadNodeOrt } as const;
  return openSession(onnxFiles(manifestOf(weights), weights), options);
}

export interface ReferenceCase {
  readonly prompt: string;
  readonly promptTokens: readonly number[];
  readonly logits: readonly number[];
  readonly greedyTokens: readonly number[];
}

/** Computed by numpy in float64. */
export function referenceCases(model: TinyModel = 'tiny-llama-onnx'): readonly ReferenceCase[] {
  const json: { readonly cases: readonly ReferenceCase[] } = JSON.parse(
    readFileSync(new URL(`${model}/reference.json`, models), 'utf8'),
  );
  return json.cases;
}
