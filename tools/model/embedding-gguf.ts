import type { OnnxGraph, OnnxTensor } from './onnx-tensors.ts';
import { type GgufTensor, writeGguf } from './write-gguf.ts';

/** What of `tokenizer.json` is read. */
export interface WordPieces {
  readonly model: { readonly vocab: Readonly<Record<string, number>> };
}

const root = 'inner';
/** Of each layer: llama.cpp's name of a table and a vector that is added, and the graph's. */
const linearNames = {
  attn_q: 'attention.self.query',
  attn_k: 'attention.self.key',
  attn_v: 'attention.self.value',
  attn_output: 'attention.output.dense',
  ffn_up: 'intermediate.dense',
  ffn_down: 'output.dense',
};
const normNames = { attn_output_norm: 'attention.output.LayerNorm', layer_output_norm: 'output.LayerNorm' };

/** Control, unknown, ordinary: a GGUF's marks for tokens. */
const tokenTypes = { ordinary: 1, control: 3 };

/**
 * The BERT in this graph as llama.cpp reads it. The graph keeps its tables in 8 bits with a factor for each row or column, and multiplies
 * them out: what it computes with is what is written here, to 11 bits.
 * @throws Error where the graph is another one
 */
export function embeddingGguf(graph: OnnxGraph, { model: { vocab } }: WordPieces): Buffer {
  const reader = new BertGraph(graph);
  const layers = reader.countLayers();
  const [words, positions] = [reader.table('word_embeddings'), reader.table('position_embeddings')];
  const tensors: GgufTensor[] = [
    { name: 'token_embd.weight', ...words, type: 'f16' },
    { name: 'position_embd.weight', ...positions, type: 'f32' },
    { name: 'token_types.weight', ...reader.plain('embeddings.token_type_embeddings.weight'), type: 'f32' },
    ...reader.pair('token_embd_norm', 'embeddings.LayerNorm'),
  ];
  for (let layer = 0; layer < layers; layer++) {
    for (const [name, theirs] of Object.entries(linearNames))
      tensors.push(...reader.linear(`blk.${layer}.${name}`, `encoder.layer.${layer}.${theirs}`));
    for (const [name, theirs] of Object.entries(normNames))
      tensors.push(...reader.pair(`blk.${layer}.${name}`, `encoder.layer.${layer}.${theirs}`));
  }
  const up = tensors.find(({ name }) => name === 'blk.0.ffn_up.weight');
  const tokens = Object.entries(vocab)
    .toSorted(([, one], [, other]) => one - other)
    .map(([token]) => token);
  const idOf = (token: string) => ({ u32: vocab[token] ?? 0 });
  return writeGguf(
    {
      'general.architecture': 'bert',
      'general.name': 'all-MiniLM-L6-v2',
      'general.license': 'apache-2.0',
      'bert.block_count': { u32: layers },
      'bert.context_length': { u32: positions.rows },
      'bert.embedding_length': { u32: words.columns },
      'bert.feed_forward_length': { u32: up?.rows ?? 0 },
      'bert.attention.head_count': { u32: words.columns / headSize },
      'bert.attention.layer_norm_epsilon': { f32: 1e-12 },
      'bert.attention.causal': false,
      'bert.pooling_type': { u32: meanPooling },
      'tokenizer.ggml.model': 'bert',
      'tokenizer.ggml.pre': 'default',
      'tokenizer.ggml.token_type_count': { u32: 2 },
      'tokenizer.ggml.tokens': tokens.map(pieceOf),
      'tokenizer.ggml.token_type': {
        i32: tokens.map((token) => (isControl(token) ? tokenTypes.control : tokenTypes.ordinary)),
      },
      'tokenizer.ggml.padding_token_id': idOf('[PAD]'),
      'tokenizer.ggml.unknown_token_id': idOf('[UNK]'),
      'tokenizer.ggml.cls_token_id': idOf('[CLS]'),
      'tokenizer.ggml.bos_token_id': idOf('[CLS]'),
      // Its makers' spelling.
      'tokenizer.ggml.seperator_token_id': idOf('[SEP]'),
      'tokenizer.ggml.eos_token_id': idOf('[SEP]'),
      'tokenizer.ggml.mask_token_id': idOf('[MASK]'),
    },
    tensors,
  );
}

const headSize = 32;
const meanPooling = 1;

const isControl = (token: string) => token.startsWith('[') && token.endsWith(']');

/** WordPiece marks what goes on within a word; llama.cpp wants the beginnings marked. */
function pieceOf(token: string): string {
  if (isControl(token)) return token;
  return token.startsWith('##') ? token.slice(2) : `▁${token}`;
}

type Table = Pick<GgufTensor, 'rows' | 'columns' | 'values'>;

class BertGraph {
  readonly #tensors: OnnxGraph['tensors'];
  /** The table that is multiplied with before a bias of this name is added. */
  readonly #tableOfBias = new Map<string, string>();

  constructor({ nodes, tensors }: OnnxGraph) {
    this.#tensors = tensors;
    const products = new Map(
      nodes.flatMap(({ operator, inputs, output }) => (operator === 'MatMul' ? [[output, inputs[1] ?? '']] : [])),
    );
    for (const { operator, inputs } of nodes) {
      const table = inputs.map((input) => products.get(input)).find((name) => name !== undefined);
      const bias = inputs.find((input) => input.startsWith(`${root}.`));
      if (operator === 'Add' && table !== undefined && bias !== undefined) this.#tableOfBias.set(bias, table);
    }
  }

  countLayers(): number {
    let layers = 0;
    while (this.#tensors.has(`${root}.encoder.layer.${layers}.output.LayerNorm.weight`)) layers++;
    return layers;
  }

  table(name: string): Table {
    return this.#multiplied(`${root}.embeddings.${name}.weight`);
  }

  plain(name: string): Table {
    const { dims, values } = this.#tensor(`${root}.${name}`);
    const [rows = 1, columns = 1] = dims.length === 1 ? [1, ...dims] : dims;
    return { rows, columns, values: Float32Array.from(values) };
  }

  pair(name: string, theirs: string): GgufTensor[] {
    return ['weight', 'bias'].map((part) => ({
      name: `${name}.${part}`,
      ...this.plain(`${theirs}.${part}`),
      type: 'f32' as const,
    }));
  }

  linear(name: string, theirs: string): GgufTensor[] {
    const bias = this.plain(`${theirs}.bias`);
    const table = transposed(this.#multiplied(this.#tableOfBias.get(`${root}.${theirs}.bias`) ?? theirs));
    return [
      { name: `${name}.weight`, ...table, type: 'f16' },
      { name: `${name}.bias`, ...bias, type: 'f32' },
    ];
  }

  #multiplied(name: string): Table {
    const { dims, values } = this.#tensor(`${name}_q`);
    const { dims: of, values: factors } = this.#tensor(`${name}_scale`);
    const [rows = 0, columns = 0] = dims;
    const isByRow = of[0] === rows;
    return {
      rows,
      columns,
      values: Float32Array.from(values, (value, index) => {
        const factor = factors[isByRow ? Math.floor(index / columns) : index % columns] ?? 0;
        return value * factor;
      }),
    };
  }

  #tensor(name: string): OnnxTensor {
    const tensor = this.#tensors.get(name);
    if (tensor) return tensor;
    throw new Error(`The graph is another than the one this is made for: it has no ${name}.`);
  }
}

/** Tables multiply from the right there, and from the left here. */
function transposed({ rows, columns, values }: Table): Table {
  const turned = new Float32Array(values.length);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) turned[column * rows + row] = values[row * columns + column] ?? 0;
  return { rows: columns, columns: rows, values: turned };
}
