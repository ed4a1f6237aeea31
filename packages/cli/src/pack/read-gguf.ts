import { gguf } from '@huggingface/gguf';

/** What a GGUF file says about itself, as far as a package needs it. */
export interface GgufHeader {
  /** Where the first tensor's data begins, in bytes. */
  readonly tensorOffset: number;
  /** Keys as they stand in the file, e.g. `llama.block_count`. */
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** Reads a GGUF file's header. @throws Error where it is none */
export async function readGguf(path: string): Promise<GgufHeader> {
  const { tensorDataOffset, metadata } = await gguf(path, { allowLocalFile: true });
  return { tensorOffset: Number(tensorDataOffset), metadata: { ...metadata } };
}

/** A number of the header. @throws Error naming the key */
export function numberOf(metadata: GgufHeader['metadata'], key: string): number {
  const value = optionalNumberOf(metadata, key);
  if (value === undefined) throw new Error(`The GGUF file does not say ${key}, which its package needs.`);
  return value;
}

export function optionalNumberOf(metadata: GgufHeader['metadata'], key: string): number | undefined {
  const value = metadata[key];
  if (typeof value === 'bigint') return Number(value);
  return typeof value === 'number' ? value : undefined;
}

export function stringOf(metadata: GgufHeader['metadata'], key: string): string | undefined {
  const value = metadata[key];
  return typeof value === 'string' ? value : undefined;
}

export function stringsOf(metadata: GgufHeader['metadata'], key: string): readonly string[] | undefined {
  const value = metadata[key];
  return Array.isArray(value) && value.every((item): item is string => typeof item === 'string') ? value : undefined;
}

export function numbersOf(metadata: GgufHeader['metadata'], key: string): readonly number[] | undefined {
  const value = metadata[key];
  return Array.isArray(value) && value.every((item): item is number => typeof item === 'number') ? value : undefined;
}
