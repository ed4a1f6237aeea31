import type { MemoryFigures } from '@orilla/contract';
import type { FileSource, SourceFile } from '../../files/file-source.ts';
import { readJsonIfAny } from '../../files/read-small-file.ts';
import { type DecoderShape, decoderShape } from '../decoder-shape.ts';
import { folderDigests } from '../folder-digests.ts';
import { countOf, objectOf } from '../json-fields.ts';
import { kvBytesPerToken, scratchBytes } from '../memory-figures.ts';
import type { DescribeOptions, ModelDescription } from '../model-description.ts';
import { chooseGraphs } from './choose-graphs.ts';

/** What goes along with the graph, where the folder has it. */
const companions = [
  'config.json',
  'genai_config.json',
  'generation_config.json',
  'tokenizer.json',
  'tokenizer_config.json',
  'special_tokens_map.json',
  'chat_template.jinja',
];

/**
 * What an ONNX folder says about its model: the graph (with `choose`, those of that name) and the files of its weights, its
 * configuration and its tokenizer.
 * @throws Error where there is no graph, more than one, or the configuration does not say what a package needs; AbortError
 */
export async function describeOnnx(
  source: FileSource,
  { choose, signal }: DescribeOptions = {},
): Promise<ModelDescription> {
  const config = objectOf(await readJsonIfAny(source, 'config.json', { signal }));
  const genai = objectOf(objectOf(await readJsonIfAny(source, 'genai_config.json', { signal })).model);
  const graphs = chooseGraphs(source, choose);
  const weights = source.files.filter(({ path }) => graphs.some((graph) => isDataOf(graph, path)));
  const others = source.files.filter(({ path }) => companions.includes(path));
  const shape = decoderShape(config, genai);
  const maxContextLength = countOf(genai, 'context_length') ?? shape.contextLength;
  if (maxContextLength === undefined)
    throw new Error(`config.json in ${source.name} does not say max_position_embeddings, which the package needs.`);
  return {
    engine: 'onnx',
    // Data files hold nothing but tensors, and graphs have no header that is edited: chunks are counted from the beginning.
    files: [...graphs, ...weights, ...others].map(({ path }) => ({ from: path, path, tensorOffset: 0 })),
    maxContextLength,
    memory: onnxMemory([...graphs, ...weights], shape, source.name),
    ...(await folderDigests(source, { signal })),
  };
}

/** `model.onnx_data`, `model.onnx_data_1`, `model.onnx.data` lie beside `model.onnx`. */
function isDataOf(graph: SourceFile, path: string): boolean {
  return path.startsWith(graph.path) && /^[._]data(_\d+)?$/.test(path.slice(graph.path.length));
}

function onnxMemory(files: readonly SourceFile[], shape: DecoderShape, name: string): MemoryFigures {
  const { layers, kvHeads, headLength, embedding, feedForward, hasCache } = shape;
  if (layers === undefined || kvHeads === undefined || headLength === undefined || embedding === undefined)
    throw new Error(`${name} needs a config.json with the number of layers, of heads, and the hidden size.`);
  // Graphs keep their cache in what they compute in, which their names tell; where they don't, it is the wider.
  const bytesPerValue = files.every(({ path }) => !path.endsWith('.onnx') || /(fp16|q4f16|f16)/.test(path)) ? 2 : 4;
  return {
    weights: files.reduce((sum, { bytes }) => sum + bytes, 0),
    kvPerToken: hasCache
      ? kvBytesPerToken({ layers, kvHeads, keyLength: headLength, valueLength: headLength, bytesPerValue })
      : 0,
    scratch: scratchBytes(embedding, feedForward ?? 4 * embedding),
  };
}
