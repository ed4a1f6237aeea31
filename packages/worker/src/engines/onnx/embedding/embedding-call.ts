import type { EmbeddingRequest } from '@orilla/contract';
import { type EmbeddingEncoding, embeddingFields, textTooLong } from '../../request/embedding-fields.ts';
import type { EncoderText } from './encoder-text.ts';

export interface EmbeddingCall {
  /** The tokens of each input, special ones included. */
  readonly inputs: readonly (readonly number[])[];
  readonly encoding: EmbeddingEncoding;
}

export interface EmbeddingCallOptions {
  readonly text: EncoderText;
  readonly contextLength: number;
  readonly dimensions: number;
}

/**
 * Checks a request and cuts its texts into tokens.
 * @throws OrillaError as `embeddingFields`; `engine.context-exceeded`, with both figures
 */
export function embeddingCall(request: EmbeddingRequest, options: EmbeddingCallOptions): EmbeddingCall {
  const { text, contextLength, dimensions } = options;
  const fields = embeddingFields(request, { dimensions, vocabularySize: text.vocabularySize });
  const inputs = fields.inputs.map((item) => (typeof item === 'string' ? text.encode(item) : item));
  for (const { length } of inputs) if (length > contextLength) throw textTooLong(length, contextLength);
  return { inputs, encoding: fields.encoding };
}
