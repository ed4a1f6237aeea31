import { Tokenizer } from '@huggingface/tokenizers';
import { badPackage } from '../../package/read-package.ts';

/** How an encoder's model takes texts. */
export interface EncoderText {
  /** One more than the highest id. */
  readonly vocabularySize: number;
  /** With the special tokens around it that the model was trained with, such as `[CLS]` and `[SEP]`. */
  encode(text: string): readonly number[];
}

/**
 * Makes it from `tokenizer.json` and `tokenizer_config.json`, parsed. Cutting and padding that the former may ask for are not done: a
 * text that is cut in silence is another text.
 * @throws OrillaError `engine.load-failed`
 */
export function encoderText(tokenizer: object | null, config: object | null): EncoderText {
  if (!tokenizer) throw badPackage('it has no tokenizer.json');
  const opened = openTokenizer(tokenizer, config ?? {});
  const ids = [...opened.get_vocab().values(), ...opened.get_added_tokens_decoder().keys()];
  return {
    vocabularySize: ids.reduce((most, id) => Math.max(most, id + 1), 0),
    encode: (text) => opened.encode(text).ids,
  };
}

function openTokenizer(tokenizer: object, config: object): Tokenizer {
  try {
    return new Tokenizer({ added_tokens: [], ...tokenizer }, config);
  } catch {
    throw badPackage('its tokenizer.json is of a kind that is not known here');
  }
}
