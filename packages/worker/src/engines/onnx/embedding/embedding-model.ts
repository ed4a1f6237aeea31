import type { EmbeddingRequest, EmbeddingResponse, WeightFiles } from '@orilla/contract';
import { createNextTask } from '../../../next-task.ts';
import { noNumbers } from '../../answer/answer-errors.ts';
import { embeddingResponse } from '../../answer/embedding-response.ts';
import { readJson } from '../../package/read-package.ts';
import { type OpenSessionOptions, type OrtSession, openSession } from '../open-session.ts';
import type { OnnxFiles } from '../package-files.ts';
import { embeddingCall } from './embedding-call.ts';
import { EncoderModel } from './encoder-model.ts';
import { type EncoderText, encoderText } from './encoder-text.ts';
import { type Pooling, poolRow, readPooling } from './pooling.ts';
import { textBatches } from './text-batches.ts';

/** Tokens in one computation, padding included: an abort waits for one, and its activations must fit beside the weights. */
const batchTokens = 1024;

/** A model that makes vectors of texts, open. */
export interface EmbeddingModel {
  readonly session: OrtSession;
  readonly dimensions: number;
  /**
   * Makes a vector of length one of each text, in their order.
   * @throws OrillaError as `embeddingCall` and `OrtSession.run`; AbortError
   */
  embed(request: EmbeddingRequest, options: { readonly signal: AbortSignal }): Promise<EmbeddingResponse>;
}

export interface OpenEmbeddingModelOptions extends OpenSessionOptions {
  /** Tokens that a text may have. */
  readonly contextLength: number;
}

const nextTask = createNextTask();

/**
 * Opens an encoder and computes once, which tells how long its vectors are, and whether the GPU computes: a graph that it leaves to the
 * CPU without a word is opened there, and called by that name.
 * @throws OrillaError as `openSession`, and `engine.load-failed` where the package is none of an encoder; AbortError
 */
export async function openEmbeddingModel(
  files: OnnxFiles,
  weights: WeightFiles,
  options: OpenEmbeddingModelOptions,
): Promise<EmbeddingModel> {
  const pooling = await readPooling(weights);
  const text = encoderText(await readJson(weights, 'tokenizer.json'), await readJson(weights, 'tokenizer_config.json'));
  const session = await openSession(files, options);
  try {
    const encoder = new EncoderModel(session);
    const { dimensions } = await encoder.run([text.encode('.')]);
    if (!session.gpu || session.gpu.pipelines > 0)
      return openedModel({ encoder, text, pooling, dimensions, contextLength: options.contextLength });
  } catch (error) {
    await session.release();
    throw error;
  }
  await session.release();
  return openEmbeddingModel(files, weights, { ...options, backend: 'wasm' });
}

interface Parts {
  readonly encoder: EncoderModel;
  readonly text: EncoderText;
  readonly pooling: Pooling;
  readonly dimensions: number;
  readonly contextLength: number;
}

function openedModel({ encoder, text, pooling, dimensions, contextLength }: Parts): EmbeddingModel {
  return {
    session: encoder.session,
    dimensions,
    async embed(request, { signal }) {
      signal.throwIfAborted();
      const call = embeddingCall(request, { text, contextLength, dimensions });
      const lengths = call.inputs.map(({ length }) => length);
      const vectors: Float32Array[] = [];
      for (const batch of textBatches(lengths, { mostTokens: batchTokens })) {
        // An abort is a message, and none comes in while this goes on.
        await nextTask();
        signal.throwIfAborted();
        const tokens = await encoder.run(batch.map((index) => call.inputs[index] ?? []));
        for (const [row, index] of batch.entries()) vectors[index] = poolRow(tokens, row, lengths[index] ?? 0, pooling);
      }
      signal.throwIfAborted();
      if (vectors.some((vector) => vector.some(Number.isNaN))) throw noNumbers();
      const tokens = lengths.reduce((sum, length) => sum + length, 0);
      return embeddingResponse(request, { vectors, tokens, encoding: call.encoding });
    },
  };
}
