import { expect, test } from 'vitest';
import { decoderShape } from './decoder-shape.ts';
import { kvBytesPerToken, scratchBytes } from './memory-figures.ts';

/** As they stand in the `config.json` of published models. */
const llama32 = {
  model_type: 'llama',
  hidden_size: 2048,
  intermediate_size: 8192,
  num_hidden_layers: 16,
  num_attention_heads: 32,
  num_key_value_heads: 8,
  head_dim: 64,
  max_position_embeddings: 131072,
};
const qwen3 = {
  model_type: 'qwen3',
  hidden_size: 1024,
  intermediate_size: 3072,
  num_hidden_layers: 28,
  num_attention_heads: 16,
  num_key_value_heads: 8,
  head_dim: 128,
  max_position_embeddings: 40960,
};
const gpt2 = { model_type: 'gpt2', n_embd: 768, n_layer: 12, n_head: 12, n_positions: 1024, n_inner: null };
const miniLm = {
  model_type: 'bert',
  hidden_size: 384,
  intermediate_size: 1536,
  num_hidden_layers: 6,
  num_attention_heads: 12,
  max_position_embeddings: 512,
};

function bytesPerToken(config: object, bytesPerValue: number): number {
  const { layers = 0, kvHeads = 0, headLength = 0 } = decoderShape({ ...config });
  return kvBytesPerToken({ layers, kvHeads, keyLength: headLength, valueLength: headLength, bytesPerValue });
}

test('the cache of models that people know has the size that is known of them', () => {
  expect(bytesPerToken(llama32, 2)).toBe(32 * 1024);
  // Its heads are wider than the hidden size divided among them.
  expect(bytesPerToken(qwen3, 2)).toBe(112 * 1024);
  expect(bytesPerToken(gpt2, 4)).toBe(72 * 1024);
});

test('words of other families and times are understood', () => {
  expect(decoderShape(gpt2)).toEqual({
    layers: 12,
    kvHeads: 12,
    headLength: 64,
    embedding: 768,
    feedForward: undefined,
    contextLength: 1024,
    hasCache: true,
  });
  expect(decoderShape(miniLm)).toMatchObject({ contextLength: 512, hasCache: false });
});

test('a model that also sees has its language part beneath', () => {
  const seeing = { model_type: 'llava', text_config: llama32, vision_config: { hidden_size: 1 } };
  expect(decoderShape(seeing)).toEqual(decoderShape({ ...llama32 }));
});

test("ONNX Runtime's own description fills in what the other lacks", () => {
  const decoder = {
    num_hidden_layers: 16,
    num_attention_heads: 32,
    num_key_value_heads: 8,
    head_size: 64,
    hidden_size: 2048,
  };
  expect(decoderShape({}, { decoder })).toMatchObject({ layers: 16, kvHeads: 8, headLength: 64, embedding: 2048 });
  expect(decoderShape({ num_hidden_layers: 3 }, { decoder }).layers).toBe(3);
});

test('fields of another kind than they should be are as absent', () => {
  const odd = { hidden_size: '2048', num_hidden_layers: -1, num_attention_heads: 1.5, head_dim: null };
  expect(decoderShape(odd)).toMatchObject({ layers: undefined, kvHeads: undefined, headLength: undefined });
  expect(decoderShape({}, { decoder: 'none' })).toMatchObject({ embedding: undefined, hasCache: true });
});

test('scratch grows with the model, its vocabulary and what is computed at a time, from a floor on', () => {
  expect(scratchBytes({ embedding: 64, feedForward: 128, vocabulary: 1_000 })).toBe(16 * 1024 * 1024);
  const shape = { embedding: 4096, feedForward: 14336, vocabulary: 0 };
  expect(scratchBytes(shape)).toBe(256 * (6 * 4096 + 3 * 14336) * 4);
  expect(scratchBytes({ ...shape, batch: 1024 })).toBe(4 * scratchBytes(shape));
  const logits = 128_256 * 4;
  expect(scratchBytes({ ...shape, vocabulary: 128_256 })).toBe(scratchBytes(shape) + 256 * logits);
  expect(scratchBytes({ ...shape, vocabulary: 128_256, logitTokens: 1 })).toBe(scratchBytes(shape) + logits);
});
