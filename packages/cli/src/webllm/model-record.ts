import type { Requirements } from '@orilla/contract';
import { countOf, listOf, objectOf, textOf } from '../model/json-fields.ts';

/** An entry of WebLLM's catalogue (`AppConfig.model_list`), as far as a package needs it. */
export interface ModelRecord {
  readonly modelId: string;
  /** Where the model's files are: an address of a repository on a hub. */
  readonly modelUrl: URL;
  /** Where its library is, compiled for WebGPU. */
  readonly libraryUrl: URL;
  /** The library's hash as Subresource Integrity writes it, where the catalogue has one. */
  readonly libraryIntegrity: string | undefined;
  /** All memory that it takes at `contextLength`, in bytes; WebLLM tells it in units of 1,048,576. */
  readonly memoryBytes: number | undefined;
  readonly contextLength: number | undefined;
  readonly requires: Requirements | undefined;
  /** Gives embeddings, and no answers. */
  readonly isEmbedding: boolean;
}

/** WebLLM's number of that kind (`ModelType`). */
const embeddingType = 1;

/**
 * Finds a model in WebLLM's catalogue.
 * @throws Error where the catalogue has no such model, naming those that it has like it, or the entry is not as WebLLM writes them
 */
export function findModelRecord(appConfig: unknown, modelId: string): ModelRecord {
  const records = listOf(objectOf(appConfig), 'model_list').map(objectOf);
  const record = records.find((entry) => entry.model_id === modelId);
  if (!record) throw new Error(`WebLLM's catalogue has no model ${modelId}.${similar(records, modelId)}`);
  const [modelUrl, libraryUrl] = [textOf(record, 'model'), textOf(record, 'model_lib')];
  if (!modelUrl || !libraryUrl || !URL.canParse(modelUrl) || !URL.canParse(libraryUrl))
    throw new Error(`The entry of ${modelId} in WebLLM's catalogue lacks an address in model or model_lib.`);
  const megabytes = record.vram_required_MB;
  const features = listOf(record, 'required_features').filter((name) => typeof name === 'string');
  return {
    modelId,
    modelUrl: new URL(modelUrl),
    libraryUrl: new URL(libraryUrl),
    libraryIntegrity: textOf(objectOf(record.integrity), 'model_lib'),
    memoryBytes: typeof megabytes === 'number' && megabytes > 0 ? Math.ceil(megabytes * 2 ** 20) : undefined,
    contextLength: countOf(objectOf(record.overrides), 'context_window_size'),
    requires: features.length > 0 ? { features } : undefined,
    isEmbedding: record.model_type === embeddingType,
  };
}

const mostNames = 5;

function similar(records: readonly Readonly<Record<string, unknown>>[], modelId: string): string {
  const start = modelId.toLowerCase().split('-')[0] ?? '';
  const names = records.map((record) => textOf(record, 'model_id') ?? '');
  const like = names.filter((name) => start !== '' && name.toLowerCase().startsWith(start)).slice(0, mostNames);
  return like.length > 0 ? ` It has, among others: ${like.join(', ')}.` : ` It has ${names.length} others.`;
}
