import { byteLevelChars } from './token-bytes.ts';

const steering = ['<s>', '</s>', '<|im_start|>', '<|im_end|>'];

/** A template like that of most chat models, which knows nothing of tools. */
export const plainTemplate =
  '{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}';

/** Files of a byte-level vocabulary: the marks, every byte, and some words of several bytes. */
export function byteLevelFiles(words: readonly string[] = ['th', 'the', 'Ġthe']) {
  const pieces = [...byteLevelChars, ...words];
  return {
    tokenizer: {
      added_tokens: [
        ...steering.map((content, id) => ({ id, content, special: true, normalized: false })),
        { id: steering.length, content: '<tool_call>', special: false, normalized: false },
      ],
      normalizer: null,
      pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
      post_processor: null,
      decoder: { type: 'ByteLevel' },
      model: {
        type: 'BPE',
        vocab: Object.fromEntries(pieces.map((piece, index) => [piece, steering.length + 1 + index])),
        merges: ['t h', 'th e', 'Ġ the'],
      },
    },
    tokenizerConfig: { bos_token: '<s>', eos_token: { content: '<|im_end|>' }, chat_template: plainTemplate },
  };
}

/** Files of a SentencePiece vocabulary that falls back to bytes, as Llama 2 has it. */
export function sentencePieceFiles() {
  const bytes = Array.from({ length: 256 }, (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`);
  const vocab = ['<unk>', '<s>', '</s>', ...bytes, '▁', 'a', 'b', '▁a', 'ab', '▁ab'];
  return {
    tokenizer: {
      added_tokens: [0, 1, 2].map((id) => ({ id, content: vocab[id], special: true, normalized: false })),
      normalizer: {
        type: 'Sequence',
        normalizers: [
          { type: 'Prepend', prepend: '▁' },
          { type: 'Replace', pattern: { String: ' ' }, content: '▁' },
        ],
      },
      pre_tokenizer: null,
      post_processor: null,
      decoder: {
        type: 'Sequence',
        decoders: [
          { type: 'Replace', pattern: { String: '▁' }, content: ' ' },
          { type: 'ByteFallback' },
          { type: 'Fuse' },
          { type: 'Strip', content: ' ', start: 1, stop: 0 },
        ],
      },
      model: {
        type: 'BPE',
        vocab: Object.fromEntries(vocab.map((token, id) => [token, id])),
        merges: ['a b', '▁ ab', '▁ a'],
        unk_token: '<unk>',
        byte_fallback: true,
        fuse_unk: true,
      },
    },
    tokenizerConfig: { bos_token: '<s>', eos_token: '</s>' },
  };
}
