import { type EmbeddingRequest, OrillaError } from '@orilla/contract';
import { badField, unsupportedField } from './request-errors.ts';

export type EmbeddingEncoding = 'float' | 'base64';

export interface EmbeddingFields {
  /** Texts, and token ids that are taken as they are, without special tokens around them. */
  readonly inputs: readonly (string | readonly number[])[];
  readonly encoding: EmbeddingEncoding;
}

/** What the model is, as far as a request may ask for something else. */
export interface EmbeddingShape {
  readonly dimensions: number;
  readonly vocabularySize: number;
}

/** OpenAI's bound. */
const mostInputs = 2048;

/** Fields that change nothing, or that are read below. */
const knownFields: ReadonlySet<string> = new Set(['input', 'model', 'encoding_format', 'dimensions', 'user']);

/**
 * Checks a request for embeddings.
 * @throws OrillaError `protocol.bad-request`, `capability.unsupported`, naming the field
 */
export function embeddingFields(request: EmbeddingRequest, shape: EmbeddingShape): EmbeddingFields {
  for (const [field, value] of Object.entries(request))
    if (value !== undefined && value !== null && !knownFields.has(field)) throw unsupportedField(field);
  const {
    input,
    encoding_format: encoding = 'float',
    dimensions,
  }: { readonly [field: string]: unknown } = { ...request };
  if (encoding !== 'float' && encoding !== 'base64') throw badField('encoding_format', 'must be float or base64');
  // A model is trained for one number of them, unless it says otherwise; cutting a vector off would make another meaning of it.
  if (dimensions !== undefined && dimensions !== null && dimensions !== shape.dimensions)
    throw unsupportedField('dimensions');
  return { inputs: listOf(input).map((item) => checkedInput(item, shape)), encoding };
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

function checkedInput(item: unknown, { vocabularySize }: EmbeddingShape): string | readonly number[] {
  if (item === '' || (Array.isArray(item) && item.length === 0)) throw badField('input', 'holds an empty text');
  if (typeof item === 'string') return item;
  if (!Array.isArray(item)) throw badField('input', 'must be a text, a list of texts, or token ids');
  return item.map((id: unknown) => {
    if (typeof id !== 'number' || !Number.isInteger(id) || id < 0 || id >= vocabularySize)
      throw badField('input', `must hold token ids from 0 to ${vocabularySize - 1}`);
    return id;
  });
}

/** One of the texts has more tokens than the model takes. */
export function textTooLong(tokens: number, contextLength: number): OrillaError {
  return new OrillaError(
    'engine.context-exceeded',
    `A text is too long for the model: it takes ${tokens} tokens, and there may be ${contextLength}.`,
    { advice: 'Cut it into several texts, or let the relay answer.', param: 'input' },
  );
}

/** The model is of the other kind: one that writes answers, or one that makes embeddings. `what` goes on behind "This model". */
export function otherTask(what: string): OrillaError {
  return new OrillaError('capability.unsupported', `This model ${what}.`, {
    advice: 'Ask a model that is made for it, or let the relay answer.',
  });
}
