import { Tokenizer } from '@huggingface/tokenizers';
import { OrillaError } from '@orilla/contract';
import { type ChatPrompt, type ChatTemplate, chatTemplate } from './chat-template.ts';
import { byteLevelBytes, sentencePieceBytes } from './token-bytes.ts';
import type { ToolFormat } from './tools/tool-format.ts';

/** A model's own vocabulary and chat template. */
export interface ModelText {
  /** One more than the highest id. A model may compute more logits than that: those behind belong to no token. */
  readonly vocabularySize: number;
  /** Tokens that steer and are not text: begin and end of a text or a turn, padding. */
  readonly specialTokenIds: ReadonlySet<number>;
  /** The token that ends an answer, where the files name one. */
  readonly endTokenId: number | null;
  /** How this model writes calls of tools. */
  readonly toolFormat: ToolFormat;
  /**
   * The prompt for these messages, up to where the model's answer begins.
   * @throws OrillaError `capability.unsupported` where they hold more than text, or the template can't take them;
   * `protocol.bad-request` for messages or tools that are none
   */
  renderChat(prompt: ChatPrompt): string;
  /** Special tokens written in the text are recognised; none is added. */
  encode(text: string): readonly number[];
  /** What a token stands for in UTF-8: perhaps a part of a character. Of a special token what it is written as; of no token nothing. */
  tokenBytes(id: number): Uint8Array;
}

export interface ModelTextFiles {
  /** `tokenizer.json`, parsed. */
  readonly tokenizer: unknown;
  /** `tokenizer_config.json`, parsed. */
  readonly tokenizerConfig: unknown;
  /** `chat_template.jinja`. Without it the template in the configuration counts. */
  readonly chatTemplate?: string | undefined;
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * Makes a model's text from the files that Hugging Face has for it.
 * @throws OrillaError `engine.load-failed` where they are not such files; `capability.unsupported` for a kind of vocabulary unknown here
 */
export function modelTextOf({ tokenizer: json, tokenizerConfig, chatTemplate: source }: ModelTextFiles): ModelText {
  const config = fieldsOf(tokenizerConfig) ?? {};
  const fields = fieldsOf(json);
  if (!fields || !fieldsOf(fields.model)) throw badFile('tokenizer.json has no model');
  const bytesOf = bytesOfKind(fields);
  const tokenizer = openTokenizer(fields, config);
  const [bosToken, eosToken] = [tokenText(config.bos_token), tokenText(config.eos_token)];
  const plainSource = source ?? templateOf(config.chat_template, 'default');
  const toolSource = source ?? templateOf(config.chat_template, 'tool_use');
  const template = plainSource === null ? null : chatTemplate(plainSource, { bosToken, eosToken });
  const toolTemplate =
    toolSource === null || toolSource === plainSource ? template : chatTemplate(toolSource, { bosToken, eosToken });

  const ids = tokenizer.get_vocab();
  const added = tokenizer.get_added_tokens_decoder();
  const special = [...added].flatMap(([id, token]) => (token.special ? [id] : []));
  const endId = ids.get(eosToken);
  return {
    vocabularySize: [...ids.values(), ...added.keys()].reduce((most, id) => Math.max(most, id + 1), 0),
    specialTokenIds: new Set(endId === undefined ? special : [...special, endId]),
    endTokenId: endId ?? null,
    toolFormat: toolTemplate?.toolFormat ?? 'hermes',
    renderChat: (prompt) => demandTemplate(prompt.tools?.length ? toolTemplate : template).render(prompt),
    encode: (text) => (text === '' ? [] : tokenizer.encode(text, { add_special_tokens: false }).ids),
    tokenBytes(id) {
      const token = added.get(id);
      return token ? new TextEncoder().encode(token.content) : bytesOf(tokenizer.id_to_token(id) ?? '');
    },
  };
}

function openTokenizer(json: Fields, config: Fields): Tokenizer {
  try {
    return new Tokenizer({ added_tokens: [], ...json }, config);
  } catch (cause) {
    throw badFile('its tokenizer.json is of a kind that is not known here', cause);
  }
}

/** A vocabulary's decoder tells how its tokens are written. */
function bytesOfKind({ decoder }: Fields): (token: string) => Uint8Array {
  const types = stepsOf(decoder).map(({ type }) => type);
  if (types.includes('ByteLevel')) return byteLevelBytes;
  if (types.includes('ByteFallback') || types.includes('Metaspace')) return sentencePieceBytes;
  throw new OrillaError('capability.unsupported', "This model's vocabulary is of a kind that can't be written here.", {
    advice: 'Take a model with a byte-level or a SentencePiece vocabulary.',
  });
}

function stepsOf(decoder: unknown): readonly Fields[] {
  const fields = fieldsOf(decoder);
  if (!fields) return [];
  return Array.isArray(fields.decoders) ? fields.decoders.flatMap(stepsOf) : [fields];
}

/** Configurations hold one template, or several by name; one for tools is the plain one where there is no other. */
function templateOf(value: unknown, name: string): string | null {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) return null;
  const named = new Map(value.map((item) => [fieldsOf(item)?.name, fieldsOf(item)?.template]));
  const found = named.get(name) ?? named.get('default');
  return typeof found === 'string' ? found : null;
}

function demandTemplate(template: ChatTemplate | null): ChatTemplate {
  if (template) return template;
  throw new OrillaError('capability.unsupported', 'This model has no chat template, so that it takes no messages.', {
    advice: 'Take a model that was made for chats, or make the package again with its chat template.',
  });
}

function tokenText(value: unknown): string {
  const text = fieldsOf(value)?.content ?? value;
  return typeof text === 'string' ? text : '';
}

function fieldsOf(value: unknown): Fields | null {
  // An object that is no list can be read by name, whatever its fields are.
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : null;
}

function badFile(why: string, cause?: unknown): OrillaError {
  return new OrillaError('engine.load-failed', `The model's vocabulary can't be read: ${why}.`, {
    advice: 'Make the package again from a folder with tokenizer.json and tokenizer_config.json.',
    cause,
  });
}
