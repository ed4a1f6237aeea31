import { type EmbeddingRequest, OrillaError } from '@orilla/contract';
import { badField, unsupportedField } from '../../request/request-errors.ts';
import type { EncoderText } from './encoder-text.ts';

export interface EmbeddingCall {
  /** The tokens of each input, special ones included. */
  readonly inputs: readonly (readonly number[])[];
  readonly encoding: 'float' | 'base64';
}

export interface EmbeddingCallOptions {
  readonly text: EncoderText;
  readonly contextLength: number;
  readonly dimensions: number;
}

/** OpenAI's bound. */
const mostInputs = 2048;

/** Fields that change nothing, or that are read below. */
const knownFields: ReadonlySet<string> = new Set(['input', 'model', 'encoding_format', 'dimensions', 'user']);

/**
 * Checks a request and cuts its texts into tokens. Token ids that are given are taken as they are, without special tokens around them.
 * @throws OrillaError `protocol.bad-request`, `capability.unsupported`, naming the field; `engine.context-exceeded`, with both figures
 */
export function embeddingCall(request: EmbeddingRequest, options: EmbeddingCallOptions): EmbeddingCall {
  for (const [field, value] of Object.entries(request))
    if (value !== undefined && value !== null && !knownFields.has(field)) throw unsupportedField(field);
  const {
    input,
    encoding_format: encoding = 'float',
    dimensions,
  }: { readonly [field: string]: unknown } = { ...request };
  if (encoding !== 'float' && encoding !== 'base64') throw badField('encoding_format', 'must be float or base64');
  // A model is trained for one number of them, unless it says otherwise; cutting a vector off would make another meaning of it.
  if (dimensions !== undefined && dimensions !== null && dimensions !== options.dimensions)
    throw unsupportedField('dimensions');
  const inputs = listOf(input).map((item) => tokensOf(item, options.text));
  for (const { length } of inputs) if (length > options.contextLength) throw tooLong(length, options.contextLength);
  return { inputs, encoding };
}

/** A text, several texts, one text's token ids, or several's. */
function listOf(input: unknown): readonly unknown[] {
  if (typeof input === 'string') return [input];
  if (!Array.isArray(input)) throw badField('input', 'must be a text, a list of texts, or token ids');
  if (input.length === 0) throw badField('input', 'is empty');
  const items: readonly unknown[] = typeof input[0] === 'number' ? [input] : input;
  if (items.length > mostInputs) throw badField('input', `has more than ${mostInputs} texts`);
  return items;
}

function tokensOf(item: unknown, { encode, vocabularySize }: EncoderText): readonly number[] {
  if (item === '' || (Array.isArray(item) && item.length === 0)) throw badField('input', 'holds an empty text');
  if (typeof item === 'string') return encode(item);
  if (!Array.isArray(item)) throw badField('input', 'must be a text, a list of texts, or token ids');
  return item.map((id: unknown) => {
    if (typeof id !== 'number' || !Number.isInteger(id) || id < 0 || id >= vocabularySize)
      throw badField('input', `must hold token ids from 0 to ${vocabularySize - 1}`);
    return id;
  });
}

function tooLong(tokens: number, contextLength: number): OrillaError {
  return new OrillaError(
    'engine.context-exceeded',
    `A text is too long for the model: it takes ${tokens} tokens, and there may be ${contextLength}.`,
    { advice: 'Cut it into several texts, or let the relay answer.', param: 'input' },
  );
}
