import { posix } from 'node:path';
import type { MemoryFigures } from '@orilla/contract';
import type { FileSource, SourceFile } from '../../files/file-source.ts';
import { readJsonIfAny } from '../../files/read-small-file.ts';
import { type DecoderShape, decoderShape } from '../decoder-shape.ts';
import { folderDigests } from '../folder-digests.ts';
import { countOf, objectOf } from '../json-fields.ts';
import { kvBytesPerToken, scratchBytes } from '../memory-figures.ts';
import type { DescribeOptions, ModelDescription } from '../model-description.ts';
import { chooseGraphs } from './choose-graphs.ts';
import { readExternalData } from './read-external-data.ts';

/** What goes along with the graph, where the folder has it. */
const companions = [
  'config.json',
  'genai_config.json',
  'generation_config.json',
  'tokenizer.json',
  'tokenizer_config.json',
  'special_tokens_map.json',
  'chat_template.jinja',
  // Without it an encoder's vectors would be made in another way than it was trained for, in silence.
  '1_Pooling/config.json',
];

/**
 * What an ONNX folder says about its model: the graph (with `choose`, those of that name) and the files of its weights, its
 * configuration and its tokenizer.
 * @throws Error where there is no graph, more than one, one that is no ONNX, a file that its tensors lie in is missing, or the
 * configuration does not say what a package needs; AbortError
 */
export async function describeOnnx(
  source: FileSource,
  { choose, signal }: DescribeOptions = {},
): Promise<ModelDescription> {
  const config = objectOf(await readJsonIfAny(source, 'config.json', { signal }));
  const genai = objectOf(objectOf(await readJsonIfAny(source, 'genai_config.json', { signal })).model);
  const graphs = chooseGraphs(source, choose);
  const weights = await weightsOf(graphs, source, signal);
  const others = source.files.filter(({ path }) => companions.includes(path));
  const shape = decoderShape(config, genai);
  const maxContextLength = countOf(genai, 'context_length') ?? shape.contextLength;
  if (maxContextLength === undefined)
    throw new Error(`config.json in ${source.name} does not say max_position_embeddings, which the package needs.`);
  return {
    engine: 'onnx',
    ...(!shape.hasCache && { task: 'embedding' }),
    // Data files hold nothing but tensors, and graphs have no header that is edited: chunks are counted from the beginning.
    files: [...graphs, ...weights, ...others].map(({ path }) => ({ from: path, path, tensorOffset: 0 })),
    maxContextLength,
    memory: onnxMemory([...graphs, ...weights], shape, source.name),
    ...(await folderDigests(source, { signal })),
  };
}

/** The files that the tensors of graphs lie in. @throws Error where one is missing, or named as if it lay outside the source */
async function weightsOf(
  graphs: readonly SourceFile[],
  source: FileSource,
  signal: AbortSignal | undefined,
): Promise<readonly SourceFile[]> {
  const paths = new Set<string>();
  for (const graph of graphs)
    for (const name of await readExternalData(source, graph, { signal })) {
      // Names are relative to the graph's own folder.
      const path = posix.join(posix.dirname(graph.path), name);
      if (!source.files.some((file) => file.path === path))
        throw new Error(
          `The tensors of ${graph.path} lie in ${JSON.stringify(name)} beside it, and ${source.name} does not hold that. Give the folder that has both, and the graph by --file.`,
        );
      paths.add(path);
    }
  return source.files.filter(({ path }) => paths.has(path));
}

function onnxMemory(files: readonly SourceFile[], shape: DecoderShape, name: string): MemoryFigures {
  const { layers, kvHeads, headLength, embedding, feedForward, vocabulary = 0, hasCache } = shape;
  if (layers === undefined || kvHeads === undefined || headLength === undefined || embedding === undefined)
    throw new Error(`${name} needs a config.json with the number of layers, of heads, and the hidden size.`);
  // Graphs keep their cache in what they compute in, which their names tell; where they don't, it is the wider.
  const bytesPerValue = files.every(({ path }) => !path.endsWith('.onnx') || /(fp16|q4f16|f16)/.test(path)) ? 2 : 4;
  return {
    weights: files.reduce((sum, { bytes }) => sum + bytes, 0),
    kvPerToken: hasCache
      ? kvBytesPerToken({ layers, kvHeads, keyLength: headLength, valueLength: headLength, bytesPerValue })
      : 0,
    // Graphs that write give logits for every token that they read; those that embed give none.
    scratch: scratchBytes({
      embedding,
      feedForward: feedForward ?? 4 * embedding,
      vocabulary: hasCache ? vocabulary : 0,
    }),
  };
}
