import { type ChatMessage, OrillaError } from '@orilla/contract';
import type { GgufHeader } from './gguf-header.ts';
import { type ModelText, modelTextOf } from './model-text.ts';
import { plainMessages } from './plain-messages.ts';
import { preTokenizers } from './pre-tokenizers.ts';

/** A GGUF's marks for tokens that are never cut and never merged: unknown, control, user-defined. */
const wholeTokenTypes = [2, 3, 4];

/** The text of a model in a GGUF. */
export interface PackageText extends ModelText {
  /**
   * Tokens that the engine will see for these messages.
   * @throws OrillaError `capability.unsupported` where they hold more than text, or the template can't take them
   */
  countTokens(messages: readonly ChatMessage[]): number;
}

/**
 * Makes them from a GGUF's header, so that they are the ones that llama.cpp uses.
 * @throws OrillaError `capability.unsupported` where llama.cpp's way of cutting this model's text isn't known here
 */
export function packageText(header: GgufHeader): PackageText {
  const kind = header.get('tokenizer.ggml.model');
  const pre = header.get('tokenizer.ggml.pre');
  const preTokenizer = typeof pre === 'string' ? preTokenizers[pre] : undefined;
  const template = header.get('tokenizer.chat_template');
  if (kind !== 'gpt2' || !preTokenizer) throw unsupported(`its tokenizer is ${kind} with ${pre}`);
  if (typeof template !== 'string') throw unsupported('it has no chat template');
  if (header.get('tokenizer.ggml.add_eos_token') === true) throw unsupported('it ends every text with a token');

  const tokens = texts(header, 'tokenizer.ggml.tokens');
  const types = numbers(header, 'tokenizer.ggml.token_type');
  const tokenOf = (key: string) => {
    const id = header.get(`tokenizer.ggml.${key}`);
    return typeof id === 'number' ? (tokens[id] ?? '') : '';
  };
  const [bosToken, eosToken] = [tokenOf('bos_token_id'), tokenOf('eos_token_id')];
  const addsBos = header.get('tokenizer.ggml.add_bos_token') ?? preTokenizer.addsBos;
  const text = modelTextOf({
    tokenizer: {
      added_tokens: tokens.flatMap((content, id) =>
        wholeTokenTypes.includes(types[id] ?? 1) ? { id, content, special: types[id] !== 4, normalized: false } : [],
      ),
      normalizer: null,
      pre_tokenizer: { type: 'Sequence', pretokenizers: preTokenizer.steps },
      post_processor: null,
      decoder: { type: 'ByteLevel' },
      model: {
        type: 'BPE',
        vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
        merges: texts(header, 'tokenizer.ggml.merges'),
        ignore_merges: preTokenizer.ignoresMerges,
      },
    },
    tokenizerConfig: { bos_token: bosToken, eos_token: eosToken },
    chatTemplate: template,
  });

  return {
    ...text,
    countTokens(messages) {
      const prompt = text.renderChat({ messages: [...plainMessages(messages)] });
      if (addsBos !== true) return text.encode(prompt).length;
      // llama.cpp adds the token itself, and takes it off a template that has written it already.
      const rest = bosToken !== '' && prompt.startsWith(bosToken) ? prompt.slice(bosToken.length) : prompt;
      return 1 + text.encode(rest).length;
    },
  };
}

function texts(header: GgufHeader, key: string): readonly string[] {
  const list = header.get(key);
  if (!Array.isArray(list) || typeof list[0] !== 'string') throw unsupported(`it has no ${key}`);
  return list;
}

function numbers(header: GgufHeader, key: string): readonly number[] {
  const list = header.get(key);
  return Array.isArray(list) && typeof list[0] === 'number' ? list : [];
}

function unsupported(why: string): OrillaError {
  return new OrillaError('capability.unsupported', `The tokens of this model can't be counted exactly here: ${why}.`, {
    advice: 'Reckon with the upper bound: no text has more tokens than UTF-8 bytes.',
  });
}
