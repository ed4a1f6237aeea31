/** A value of a GGUF header, with its type. For tests: a real file of the format, as small as it can be. */
type Value =
  | { readonly u32: number }
  | { readonly text: string }
  | { readonly texts: readonly string[] }
  | { readonly i32s: readonly number[] };

export interface TinyGguf {
  readonly metadata?: Readonly<Record<string, Value>>;
  readonly tensorBytes?: number;
}

const vocabulary = ['<s>', '</s>', 'Ġ', 'a', 'b', 'Ġa', 'Ã±'];

const defaults: Readonly<Record<string, Value>> = {
  'general.architecture': { text: 'llama' },
  'llama.block_count': { u32: 2 },
  'llama.context_length': { u32: 128 },
  'llama.embedding_length': { u32: 64 },
  'llama.feed_forward_length': { u32: 128 },
  'llama.attention.head_count': { u32: 4 },
  'llama.attention.head_count_kv': { u32: 2 },
  'tokenizer.ggml.model': { text: 'gpt2' },
  'tokenizer.ggml.pre': { text: 'smollm' },
  'tokenizer.ggml.tokens': { texts: vocabulary },
  'tokenizer.ggml.token_type': { i32s: [3, 3, 1, 1, 1, 1, 1] },
  'tokenizer.ggml.merges': { texts: ['Ġ a', 'Ã ±'] },
  'tokenizer.ggml.bos_token_id': { u32: 0 },
  'tokenizer.ggml.eos_token_id': { u32: 1 },
  'tokenizer.chat_template': { text: '{{ messages }}' },
};

/** The bytes of a GGUF file (version 3) with one tensor of 8-bit integers. */
export function tinyGguf({ metadata = {}, tensorBytes = 1_000 }: TinyGguf = {}): Buffer {
  const entries = Object.entries({ ...defaults, ...metadata });
  const head = Buffer.concat([
    Buffer.from('GGUF'),
    u32(3),
    u64(1),
    u64(entries.length),
    ...entries.flatMap(([key, value]) => [text(key), encode(value)]),
    // Tensor: name, dimensions, type 24 (I8), offset into the data.
    text('weight'),
    u32(1),
    u64(tensorBytes),
    u32(24),
    u64(0),
  ]);
  const padding = Buffer.alloc((32 - (head.length % 32)) % 32);
  const data = Buffer.from(Uint8Array.from({ length: tensorBytes }, (_, index) => (index * 31) % 251));
  return Buffer.concat([head, padding, data]);
}

function encode(value: Value): Buffer {
  if ('u32' in value) return Buffer.concat([u32(4), u32(value.u32)]);
  if ('text' in value) return Buffer.concat([u32(8), text(value.text)]);
  if ('texts' in value) return Buffer.concat([u32(9), u32(8), u64(value.texts.length), ...value.texts.map(text)]);
  return Buffer.concat([u32(9), u32(5), u64(value.i32s.length), ...value.i32s.map(u32)]);
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([u64(bytes.length), bytes]);
}
