import { countOf, type JsonObject, objectOf } from './json-fields.ts';

/** The sizes of a transformer, as far as its configuration tells them. */
export interface DecoderShape {
  readonly layers: number | undefined;
  readonly kvHeads: number | undefined;
  readonly headLength: number | undefined;
  readonly embedding: number | undefined;
  readonly feedForward: number | undefined;
  readonly vocabulary: number | undefined;
  readonly contextLength: number | undefined;
  /** It writes text token by token; encoders, which embed, keep nothing between tokens. */
  readonly hasCache: boolean;
}

/** Families that only embed or classify. */
const encoders = [
  'bert',
  'roberta',
  'xlm-roberta',
  'distilbert',
  'mpnet',
  'albert',
  'electra',
  'nomic_bert',
  'modernbert',
];

/** First the words that most families use, then those of GPT-2, DistilBERT and others of their time. */
const words = {
  layers: ['num_hidden_layers', 'n_layer', 'n_layers', 'num_layers'],
  heads: ['num_attention_heads', 'n_head', 'n_heads'],
  kvHeads: ['num_key_value_heads'],
  headLength: ['head_dim'],
  embedding: ['hidden_size', 'n_embd', 'dim', 'd_model'],
  feedForward: ['intermediate_size', 'n_inner', 'hidden_dim', 'ffn_dim'],
  vocabulary: ['vocab_size', 'n_vocab'],
  contextLength: ['max_position_embeddings', 'n_positions', 'max_sequence_length', 'seq_length'],
} as const;

/**
 * Reads Hugging Face's `config.json`, and where it is absent the `model` of ONNX Runtime's `genai_config.json`. A model that also sees has
 * its language part under `text_config`.
 */
export function decoderShape(config: JsonObject, genai: JsonObject = {}): DecoderShape {
  const decoder = objectOf(genai.decoder);
  const places = [config, objectOf(config.text_config)];
  const read = (keys: readonly string[]) =>
    places.flatMap((place) => keys.map((key) => countOf(place, key))).find((value) => value !== undefined);
  const heads = read(words.heads) ?? countOf(decoder, 'num_attention_heads');
  const embedding = read(words.embedding) ?? countOf(decoder, 'hidden_size');
  return {
    layers: read(words.layers) ?? countOf(decoder, 'num_hidden_layers'),
    kvHeads: read(words.kvHeads) ?? countOf(decoder, 'num_key_value_heads') ?? heads,
    headLength:
      read(words.headLength) ??
      countOf(decoder, 'head_size') ??
      (embedding !== undefined && heads ? embedding / heads : undefined),
    embedding,
    feedForward: read(words.feedForward),
    vocabulary: read(words.vocabulary) ?? countOf(genai, 'vocab_size'),
    contextLength: read(words.contextLength),
    hasCache: !encoders.some((family) => family === config.model_type),
  };
}
