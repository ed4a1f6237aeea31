import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonTokenizer } from '../digest/json-tokenizer.ts';
import { preTokenizerNameOf } from '../digest/pre-tokenizer-names.ts';
import { memorySource } from '../files/memory-source.double.ts';
import { findModelRecord } from '../webllm/model-record.ts';
import { decoderShape } from './decoder-shape.ts';
import { describeMlc } from './mlc/describe-mlc.ts';
import { tinyMlc } from './mlc/tiny-mlc.double.ts';
import { describeOnnx } from './onnx/describe-onnx.ts';

// Whatever JSON stands in files that others wrote, it is understood or refused in words, never by a fault of ours.

/** JSON in which the keys that are looked for are likely. */
function likely(keys: readonly string[]) {
  const { tree } = fc.letrec<{ tree: unknown; leaf: unknown }>((tie) => ({
    leaf: fc.oneof(fc.constantFrom(null, true, 0, -1, 1.5, 2 ** 53, ''), fc.nat(200), fc.constantFrom(...keys)),
    tree: fc.oneof(
      { depthSize: 'small' },
      tie('leaf'),
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...keys), tie('tree'), { maxKeys: 5 }),
    ),
  }));
  return tree;
}

const isInWords = (error: unknown) =>
  error instanceof Error &&
  !(error instanceof TypeError || error instanceof RangeError) &&
  /\.$|\n/.test(error.message);

test('a tokenizer', () => {
  const keys = [
    'model',
    'vocab',
    'merges',
    'added_tokens',
    'pre_tokenizer',
    'type',
    'BPE',
    'id',
    'content',
    'ByteLevel',
  ];
  fc.assert(
    fc.property(likely(keys), (json) => {
      const tokenizer = jsonTokenizer(json);
      if (tokenizer) expect([...tokenizer.tokens].length).toBeGreaterThan(0);
    }),
    { numRuns: 500 },
  );
});

test('a pre-tokenizer', () => {
  const keys = ['type', 'Sequence', 'pretokenizers', 'Split', 'pattern', 'Regex', 'behavior', 'Isolated', 'ByteLevel'];
  fc.assert(
    fc.property(likely(keys), likely(keys), (preTokenizer, normalizer) => {
      expect(['string', 'undefined']).toContain(typeof preTokenizerNameOf(preTokenizer, normalizer));
    }),
    { numRuns: 500 },
  );
});

test('a configuration', () => {
  const keys = ['hidden_size', 'num_hidden_layers', 'num_attention_heads', 'text_config', 'model_type', 'decoder'];
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...keys), likely(keys)), (config) => {
      const { layers, kvHeads } = decoderShape(config, config);
      for (const count of [layers, kvHeads]) expect(count === undefined || Number.isSafeInteger(count)).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test('the files of an ONNX folder', async () => {
  const keys = ['hidden_size', 'num_hidden_layers', 'num_attention_heads', 'max_position_embeddings', 'chat_template'];
  await fc.assert(
    fc.asyncProperty(likely(keys), likely(keys), likely(keys), async (config, tokenizer, tokenizerConfig) => {
      const source = memorySource({
        'model.onnx': 'graph',
        'config.json': JSON.stringify(config),
        'tokenizer.json': JSON.stringify(tokenizer),
        'tokenizer_config.json': JSON.stringify(tokenizerConfig),
      });
      await describeOnnx(source).then(
        ({ memory }) => expect(Number.isSafeInteger(memory.kvPerToken)).toBe(true),
        (error) => expect(isInWords(error), String(error)).toBe(true),
      );
    }),
  );
});

test('the files of an MLC folder', async () => {
  const keys = [
    'context_window_size',
    'model_config',
    'num_hidden_layers',
    'records',
    'dataPath',
    'nbytes',
    'quantization',
  ];
  await fc.assert(
    fc.asyncProperty(likely(keys), likely(keys), async (config, cache) => {
      const changed = { 'mlc-chat-config.json': JSON.stringify(config), 'tensor-cache.json': JSON.stringify(cache) };
      await describeMlc(memorySource(tinyMlc(changed))).then(
        ({ files }) => expect(files.length).toBeGreaterThan(2),
        (error) => expect(isInWords(error), String(error)).toBe(true),
      );
    }),
  );
});

test("WebLLM's catalogue", () => {
  const keys = ['model_list', 'model_id', 'model', 'model_lib', 'overrides', 'https://hub.example/us/model'];
  fc.assert(
    fc.property(likely(keys), fc.constantFrom(...keys), (catalogue, id) => {
      try {
        findModelRecord(catalogue, id);
      } catch (error) {
        expect(isInWords(error), String(error)).toBe(true);
      }
    }),
    { numRuns: 500 },
  );
});
