import type { MemoryFigures } from '@orilla/contract';
import type { FileSource } from '../../files/file-source.ts';
import { readJson } from '../../files/read-small-file.ts';
import { decoderShape } from '../decoder-shape.ts';
import { folderDigests } from '../folder-digests.ts';
import { countOf, type JsonObject, listOf, objectOf, textOf } from '../json-fields.ts';
import { kvBytesPerToken, scratchBytes } from '../memory-figures.ts';
import type { DescribeOptions, ModelDescription } from '../model-description.ts';
import { checkLibrary } from './check-library.ts';
import { readShards } from './read-shards.ts';

const configName = 'mlc-chat-config.json';
const cacheName = 'tensor-cache.json';
const tokenizerName = 'tokenizer.json';

export interface DescribeMlcOptions extends DescribeOptions {
  /** Tokens, where they are told elsewhere: a catalogue's word goes before the folder's. */
  readonly contextLength?: number | undefined;
}

/**
 * What an MLC folder says about its model: the configuration, the shards that its tensor cache names, the tokenizer's files with the
 * chat template, and the model library where the folder has one.
 * @throws Error where a file is missing, cut off, no library, or does not say what a package needs; AbortError
 */
export async function describeMlc(
  source: FileSource,
  { signal, contextLength: told }: DescribeMlcOptions = {},
): Promise<ModelDescription> {
  const config = objectOf(await readJson(source, fileNamed(source, configName).path, { signal }));
  const shards = readShards(objectOf(await readJson(source, fileNamed(source, cacheName).path, { signal })), cacheName);
  for (const { path, bytes } of shards)
    if (fileNamed(source, path).bytes !== bytes)
      throw new Error(
        `${path} in ${source.name} has other than the ${bytes} bytes that ${cacheName} says. Get it again.`,
      );
  fileNamed(source, tokenizerName);
  const named = [...listOf(config, 'tokenizer_files'), tokenizerName, 'tokenizer_config.json', 'chat_template.jinja'];
  const others = source.files.filter(({ path }) => named.includes(path) || path.endsWith('.wasm'));
  for (const { path } of others) if (path.endsWith('.wasm')) await checkLibrary(source, path, signal);
  const files = [configName, cacheName, ...shards.map(({ path }) => path), ...others.map(({ path }) => path)];
  const contextLength = told ?? countOf(config, 'context_window_size') ?? decoderShape(modelOf(config)).contextLength;
  if (!contextLength) throw new Error(`${configName} in ${source.name} does not say context_window_size.`);
  return {
    engine: 'webllm',
    files: files.map((path) => ({ from: path, path, tensorOffset: 0 })),
    maxContextLength: contextLength,
    memory: mlcMemory(
      config,
      shards.reduce((sum, { bytes }) => sum + bytes, 0),
    ),
    ...(computesInF16(config) && { requires: { features: ['shader-f16'] } }),
    // Prompts are written by the chat template of these files; by WebLLM's conv_template, which has no digest, where they have none.
    ...(await folderDigests(source, { signal })),
  };
}

function fileNamed(source: FileSource, name: string) {
  const file = source.files.find(({ path }) => path === name);
  if (file) return file;
  throw new Error(`${source.name} holds no ${name}, which the engine webllm needs.`);
}

/** `q4f16_1` keeps weights in 4 bits and computes in 16-bit floats. */
function computesInF16(config: JsonObject): boolean {
  return /f16/.test(textOf(config, 'quantization') ?? '');
}

function modelOf(config: JsonObject): JsonObject {
  return objectOf(config.model_config);
}

function mlcMemory(config: JsonObject, weights: number): MemoryFigures {
  const { layers, kvHeads, headLength, embedding, feedForward, vocabulary } = decoderShape(modelOf(config));
  if (layers === undefined || kvHeads === undefined || headLength === undefined || embedding === undefined)
    throw new Error(`${configName} does not say the number of layers, of heads, and the hidden size of its model.`);
  const bytesPerValue = computesInF16(config) ? 2 : 4;
  // Prefill computes that many tokens at a time.
  const batch = countOf(config, 'prefill_chunk_size') ?? countOf(modelOf(config), 'prefill_chunk_size');
  return {
    weights,
    kvPerToken: kvBytesPerToken({ layers, kvHeads, keyLength: headLength, valueLength: headLength, bytesPerValue }),
    scratch: scratchBytes({
      embedding,
      feedForward: feedForward ?? 4 * embedding,
      vocabulary: vocabulary ?? countOf(config, 'vocab_size') ?? 0,
      batch,
      // MLC's prefill gives those of the last token only.
      logitTokens: 1,
    }),
  };
}
