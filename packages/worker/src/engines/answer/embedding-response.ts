import type { EmbeddingRequest, EmbeddingResponse } from '@orilla/contract';
import type { EmbeddingEncoding } from '../request/embedding-fields.ts';

export interface Embedded {
  readonly vectors: readonly Float32Array[];
  /** All that were computed, special ones too; padding doesn't count. */
  readonly tokens: number;
  readonly encoding: EmbeddingEncoding;
}

/** OpenAI's answer. */
export function embeddingResponse(
  { model }: Pick<EmbeddingRequest, 'model'>,
  { vectors, tokens, encoding }: Embedded,
): EmbeddingResponse {
  return {
    object: 'list',
    model,
    data: vectors.map((vector, index) => ({ object: 'embedding', index, embedding: encoded(vector, encoding) })),
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  };
}

function encoded(vector: Float32Array, encoding: EmbeddingEncoding): number[] {
  if (encoding === 'float') return Array.from(vector);
  // OpenAI's type names numbers only; what it sends when asked for base64 is this text, which its clients decode.
  return base64Of(vector) as unknown as number[];
}

/** Of 32-bit floats, the lowest byte first, as OpenAI's clients read them. */
function base64Of(vector: Float32Array): string {
  const view = new DataView(new ArrayBuffer(vector.length * 4));
  for (const [index, value] of vector.entries()) view.setFloat32(index * 4, value, true);
  let bytes = '';
  for (let at = 0; at < view.byteLength; at++) bytes += String.fromCharCode(view.getUint8(at));
  return btoa(bytes);
}
