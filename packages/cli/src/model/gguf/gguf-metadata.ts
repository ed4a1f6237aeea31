import { TextList } from './text-list.ts';

/** A value of a GGUF's metadata. Lists of lists are in no key that is read here: they are read over. */
export type GgufValue = string | number | boolean | TextList | Float64Array | null;

/** Keys as they stand in the file, e.g. `llama.block_count`. */
export type GgufMetadata = Readonly<Record<string, GgufValue>>;

/** @throws Error naming the key that is missing */
export function numberOf(metadata: GgufMetadata, key: string): number {
  const value = optionalNumberOf(metadata, key);
  if (value === undefined) throw new Error(`The GGUF file does not say ${key}, which its package needs.`);
  return value;
}

export function optionalNumberOf(metadata: GgufMetadata, key: string): number | undefined {
  const value = metadata[key];
  return typeof value === 'number' ? value : undefined;
}

export function stringOf(metadata: GgufMetadata, key: string): string | undefined {
  const value = metadata[key];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function stringsOf(metadata: GgufMetadata, key: string): TextList | undefined {
  const value = metadata[key];
  return value instanceof TextList ? value : undefined;
}

export function numbersOf(metadata: GgufMetadata, key: string): Float64Array | undefined {
  const value = metadata[key];
  return value instanceof Float64Array ? value : undefined;
}
