import { expect, test } from 'vitest';
import { embeddingGguf } from './embedding-gguf.ts';
import type { OnnxGraph, OnnxTensor } from './onnx-tensors.ts';

const width = 32;
const inner = 64;
const ones = (...dims: readonly number[]): OnnxTensor => ({
  dims,
  values: new Float32Array(dims.reduce((product, size) => product * size, 1)).fill(1),
});

/** A table of small integers whose factors go by row, as those of embeddings, or by column, as all others. */
function quantized(name: string, rows: number, columns: number, by: 'row' | 'column'): [string, OnnxTensor][] {
  const values = Int8Array.from({ length: rows * columns }, (_, index) => (index % 7) - 3);
  const factors = Float32Array.from({ length: by === 'row' ? rows : columns }, (_, index) => 2 ** (index % 3));
  return [
    [`${name}_q`, { dims: [rows, columns], values }],
    [`${name}_scale`, { dims: by === 'row' ? [rows, 1] : [1, columns], values: factors }],
  ];
}

const vocab = { '[PAD]': 0, '[UNK]': 1, '[CLS]': 2, '[SEP]': 3, '[MASK]': 4, river: 5, '##s': 6 };

/** One layer. */
function graph(): OnnxGraph {
  const layer = 'inner.encoder.layer.0';
  const linears: [string, number, number][] = [
    ['attention.self.query', width, width],
    ['attention.self.key', width, width],
    ['attention.self.value', width, width],
    ['attention.output.dense', width, width],
    ['intermediate.dense', width, inner],
    ['output.dense', inner, width],
  ];
  const norms = ['inner.embeddings.LayerNorm', `${layer}.attention.output.LayerNorm`, `${layer}.output.LayerNorm`];
  return {
    nodes: linears.flatMap(([name], index) => [
      { operator: 'MatMul', inputs: ['hidden', `val_${index}`], output: `product_${index}` },
      { operator: 'Add', inputs: [`product_${index}`, `${layer}.${name}.bias`], output: `sum_${index}` },
    ]),
    tensors: new Map([
      ...quantized('inner.embeddings.word_embeddings.weight', Object.keys(vocab).length, width, 'row'),
      ...quantized('inner.embeddings.position_embeddings.weight', 16, width, 'row'),
      ['inner.embeddings.token_type_embeddings.weight', ones(2, width)] as const,
      ...norms.flatMap((name) => ['weight', 'bias'].map((part) => [`${name}.${part}`, ones(width)] as const)),
      ...linears.flatMap(([name, from, to], index) => [
        ...quantized(`val_${index}`, from, to, 'column'),
        [`${layer}.${name}.bias`, ones(to)] as const,
      ]),
    ]),
  };
}

test('writes every tensor that llama.cpp asks a BERT for, and the vocabulary with the beginnings of words marked', () => {
  const file = embeddingGguf(graph(), { model: { vocab } });
  const linear = ['attn_q', 'attn_k', 'attn_v', 'attn_output', 'ffn_up', 'ffn_down'];
  const names = ['attn_output_norm', 'layer_output_norm', ...linear].map((name) => `blk.0.${name}`);
  for (const name of ['token_embd_norm', ...names])
    for (const part of ['weight', 'bias']) expect(file.includes(`${name}.${part}`)).toBe(true);
  for (const name of ['token_embd', 'position_embd', 'token_types']) expect(file.includes(`${name}.weight`)).toBe(true);
  expect(file.readBigUInt64LE(8)).toBe(21n);
  expect(file.includes('▁river')).toBe(true);
  expect(file.includes('▁[CLS]')).toBe(false);
  expect(file.includes('##s')).toBe(false);
});

test('a table is multiplied out and turned: llama.cpp multiplies from the other side', () => {
  const file = embeddingGguf(graph(), { model: { vocab } });
  const at = (name: string) => file.indexOf(name) + name.length;
  // Its dimensions are told from the innermost: 32 of 64 each.
  const up = at('blk.0.ffn_up.weight');
  expect([4, 12].map((offset) => file.readUInt32LE(up + offset))).toEqual([width, inner]);
  const last = 'blk.0.layer_output_norm.bias';
  const data = Math.ceil((at(last) + 4 + 8 + 4 + 8) / 32) * 32;
  const offset = Number(file.readBigUInt64LE(up + 24));
  const half = (index: number) => file.readUInt16LE(data + offset + index * 2);
  // Row 1, column 2 there: the integer at 1 × 64 + 2, which is 0, and its factor; here it lies in row 2.
  const there = (row: number, column: number) => (((row * inner + column) % 7) - 3) * 2 ** (column % 3);
  for (const [row, column] of [
    [0, 0],
    [1, 2],
    [5, 1],
  ] as const) {
    const bits = half(column * width + row);
    const value =
      bits === 0 ? 0 : (1 + (bits & 1023) / 1024) * 2 ** (((bits >> 10) & 31) - 15) * (bits & 0x8000 ? -1 : 1);
    expect(value + 0).toBe(there(row, column) + 0);
  }
});

test('another graph is refused by what it lacks', () => {
  const { nodes, tensors } = graph();
  const without = new Map([...tensors].filter(([name]) => name !== 'inner.encoder.layer.0.intermediate.dense.bias'));
  expect(() => embeddingGguf({ nodes, tensors: without }, { model: { vocab } })).toThrow('intermediate.dense.bias');
});
