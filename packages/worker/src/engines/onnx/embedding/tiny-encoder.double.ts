import { readFileSync } from 'node:fs';
import { onnxFiles } from '../package-files.ts';
import { loadNodeOrt, manifestOf } from '../tiny-model.double.ts';
import { openEmbeddingModel } from './embedding-model.ts';

const folder = new URL('../../../../../../test/fixtures/models/tiny-encoder-onnx/', import.meta.url);
const names = ['model.onnx', 'tokenizer.json', 'tokenizer_config.json', 'config.json'];

/** The tiny encoder's files, as the store gives them. */
export function tinyEncoderWeights(): Map<string, Blob> {
  return new Map(names.map((name) => [name, new Blob([readFileSync(new URL(name, folder))])]));
}

export interface ReferenceVectors {
  readonly text: string;
  readonly tokens: readonly number[];
  readonly mean: readonly number[];
  readonly cls: readonly number[];
}

/** Computed by numpy in float64. */
export function referenceVectors(): readonly ReferenceVectors[] {
  const json: { readonly cases: readonly ReferenceVectors[] } = JSON.parse(
    readFileSync(new URL('reference.json', folder), 'utf8'),
  );
  return json.cases;
}

/** The tiny encoder, open in the real onnxruntime on WASM. */
export function openTinyEncoder({ weights = tinyEncoderWeights(), contextLength = 16 } = {}) {
  const { signal } = new AbortController();
  const options = { backend: 'wasm', threads: 1, signal, loadOrt: loadNodeOrt, contextLength } as const;
  return openEmbeddingModel(onnxFiles(manifestOf(weights), weights), weights, options);
}
