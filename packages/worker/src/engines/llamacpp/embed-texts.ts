import { abortReason, type EmbeddingRequest, type EmbeddingResponse } from '@orilla/contract';
import type { Wllama } from '@wllama/wllama/esm/index.js';
import { createNextTask } from '../../next-task.ts';
import { noNumbers } from '../answer/answer-errors.ts';
import { embeddingResponse } from '../answer/embedding-response.ts';
import { embeddingFields, textTooLong } from '../request/embedding-fields.ts';
import { requestError } from './engine-errors.ts';

export interface EmbedTextsOptions {
  /** Tokens that a text may have. */
  readonly contextLength: number;
  /** Rejects when the model goes, which wllama says to nobody who waits. */
  readonly gone: Promise<never>;
  readonly signal: AbortSignal;
}

const nextTask = createNextTask();

/**
 * Makes a vector of length one of each text. One after the other: of several that it is asked for at once wllama tells the last only, and
 * between two an abort is heard.
 * @throws OrillaError as `embeddingFields`; `engine.context-exceeded`, `engine.failed`, and what `gone` rejects with; AbortError
 */
export async function embedTexts(
  wllama: Pick<Wllama, 'createEmbedding' | 'getLoadedContextInfo'>,
  request: EmbeddingRequest,
  { contextLength, gone, signal }: EmbedTextsOptions,
): Promise<EmbeddingResponse> {
  const { n_embd: dimensions, n_vocab: vocabularySize } = wllama.getLoadedContextInfo();
  const { inputs, encoding } = embeddingFields(request, { dimensions, vocabularySize });
  const vectors: Float32Array[] = [];
  let tokens = 0;
  for (const input of inputs) {
    await nextTask();
    if (signal.aborted) throw abortReason(signal);
    const made = wllama.createEmbedding({ input: typeof input === 'string' ? input : [...input] });
    const { data, usage } = await Promise.race([made, gone]).catch((error: unknown) => {
      throw embeddingError(error, contextLength);
    });
    vectors.push(vectorOf(data[0]?.embedding, dimensions));
    tokens += usage.prompt_tokens;
  }
  if (signal.aborted) throw abortReason(signal);
  return embeddingResponse(request, { vectors, tokens, encoding });
}

function embeddingError(error: unknown, contextLength: number): unknown {
  const words = error instanceof Error ? error.message : '';
  const [, tokens] = /(?:input|request) \((\d+) tokens\)/.exec(words) ?? [];
  if (tokens !== undefined) return textTooLong(Number(tokens), contextLength);
  return requestError(error, { hasBegun: false, schemaField: null, hasLogprobs: false });
}

/** llama.cpp has made its length one already. */
function vectorOf(values: number[] | string | undefined, dimensions: number): Float32Array {
  // JSON has no numbers for what is none.
  if (Array.isArray(values) && values.length === dimensions && values.every((value) => Number.isFinite(value)))
    return Float32Array.from(values);
  throw noNumbers();
}
