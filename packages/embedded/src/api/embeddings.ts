import type { EmbeddingResponse } from '@orilla/contract';
import type { Answer } from './answer.ts';
import { contextExceeded } from './answer-request.ts';
import {
  badField,
  type Fields,
  optional,
  optionalInteger,
  optionalString,
  refuseOthers,
  unsupported,
} from './fields.ts';
import type { ServedModel } from './served-model.ts';

/** As many as OpenAI's API is commonly asked for at once by libraries that index documents. */
const maxInputs = 256;

/** `POST /v1/embeddings`: the mean of the model's last hidden states, of length one, as numbers. @throws OrillaError; AbortError */
export async function embeddings(
  fields: Fields,
  { model, embeddingSlots }: ServedModel,
  { signal }: { readonly signal: AbortSignal },
): Promise<Answer> {
  refuseOthers(fields, ['model', 'input', 'encoding_format', 'dimensions', 'user'], []);
  const format = optionalString(fields, 'encoding_format') ?? 'float';
  if (format !== 'float') throw unsupported('encoding_format', 'can only be float: the relay packs vectors itself');
  const dimensions = optionalInteger(fields, 'dimensions', 1, 1_000_000);
  if (dimensions !== undefined && dimensions !== model.embeddingLength)
    throw unsupported('dimensions', `can only be ${model.embeddingLength} for this model`);
  const inputs = readInputs(optional(fields, 'input')).map((input) => toTokens(input, model));
  const release = await embeddingSlots.acquire({ signal });
  try {
    const data: EmbeddingResponse['data'] = [];
    for (const [index, tokens] of inputs.entries()) {
      signal.throwIfAborted();
      data.push({ object: 'embedding', index, embedding: normalise(await model.embed(tokens, { signal })) });
    }
    const promptTokens = inputs.reduce((sum, tokens) => sum + tokens.length, 0);
    const usage = { prompt_tokens: promptTokens, total_tokens: promptTokens };
    return {
      type: 'json',
      body: { object: 'list', data, model: optionalString(fields, 'model') ?? '', usage } satisfies EmbeddingResponse,
    };
  } finally {
    release();
  }
}

type Input = string | readonly number[];

function readInputs(input: unknown): readonly Input[] {
  if (typeof input === 'string') return [input];
  if (!Array.isArray(input) || input.length === 0)
    throw badField('input', 'must be a text, token ids, or a list of these');
  const items: readonly unknown[] = input;
  if (isTokens(items)) return [items];
  if (items.length > maxInputs) throw badField('input', `must have at most ${maxInputs} entries`);
  return items.map((item, index) => {
    if (typeof item === 'string') return item;
    if (Array.isArray(item) && isTokens(item)) return item;
    throw badField(`input[${index}]`, 'must be a text or a list of token ids');
  });
}

function isTokens(items: readonly unknown[]): items is readonly number[] {
  return items.length > 0 && items.every((item) => typeof item === 'number');
}

function toTokens(input: Input, model: ServedModel['model']): readonly number[] {
  const tokens = typeof input === 'string' ? model.tokenize(input) : input;
  if (tokens.length === 0) throw badField('input', 'must not be empty');
  if (!tokens.every((token) => model.hasToken(token)))
    throw badField('input', "holds an id that is not in the model's vocabulary");
  // The native code keeps one place of its context free.
  if (tokens.length >= model.embeddingContextLength)
    throw contextExceeded(tokens.length, undefined, model.embeddingContextLength - 1);
  return tokens;
}

function normalise(vector: readonly number[]): number[] {
  const length = Math.hypot(...vector);
  return vector.map((value) => (length === 0 ? 0 : value / length));
}
