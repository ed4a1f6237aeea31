import type { EmbeddedConfig } from '@orilla/relay';
import { getLlama, type Llama, type LlamaContext, LlamaLogLevel, type LlamaModel, type Token } from 'node-llama-cpp';
import { createEmbedder } from './embedder.ts';
import { generateTokens } from './generate-tokens.ts';
import { createGrammarSource } from './grammar-source.ts';
import type { LanguageModel } from './language-model.ts';

/** Told in a line what the native code has to complain about. It may quote requests. */
export type NativeLog = (level: 'warn' | 'error', message: string) => void;

/** Opens a GGUF file for the CPU: never a build, never a download, and exactly the threads that were asked for. */
export async function openModel(config: EmbeddedConfig, { log }: { readonly log: NativeLog }): Promise<LanguageModel> {
  const { modelPath, contextLength, threads, sequences } = config;
  const llama = await getLlama({
    gpu: false,
    build: 'never',
    maxThreads: threads,
    logLevel: LlamaLogLevel.warn,
    logger: (level, message) => log(level === LlamaLogLevel.warn ? 'warn' : 'error', message),
  });
  const model = await llama.loadModel({
    modelPath,
    gpuLayers: 0,
    // Mean pooling, for embeddings only: a chat model's file names none, and would give the last token's state.
    metadataOverrides: { llama: { pooling_type: 1 } } as object, // the library's type lists no pooling for this architecture
  });
  if (contextLength > model.trainContextSize)
    throw new Error(
      `The model was trained for ${model.trainContextSize} tokens of context, and ${contextLength} were asked for.`,
    );
  const context = await model.createContext({ contextSize: contextLength, sequences, threads, batchSize: 512 });
  return describe(llama, model, context, threads);
}

function describe(llama: Llama, model: LlamaModel, context: LlamaContext, threads: number): LanguageModel {
  const grammars = createGrammarSource(llama, model);
  const embedder = createEmbedder(model, { threads });
  const vocabulary = vocabularySize(model);
  const { chat_template: template } = model.fileInfo.metadata.tokenizer;
  const asTokens = (tokens: readonly number[]) => tokens as Token[]; // ids are checked by `hasToken` at the edge; the library brands them
  return {
    contextLength: context.contextSize,
    sequences: context.totalSequences,
    embeddingLength: model.embeddingVectorSize,
    embeddingContextLength: embedder.contextLength,
    chatFormat:
      template === undefined
        ? undefined
        : { template, bosToken: model.tokens.bosString ?? '', eosToken: model.tokens.eosString ?? '' },
    tokenize(text) {
      const tokens = model.tokenize(text, true);
      const { bos, shouldPrependBosToken } = model.tokens;
      return shouldPrependBosToken && bos !== null && tokens[0] !== bos ? [bos, ...tokens] : tokens;
    },
    detokenize: (tokens, before) => model.detokenize(asTokens(tokens), false, asTokens(before)),
    hasToken: (token) => Number.isInteger(token) && token >= 0 && token < vocabulary,
    generate: (prompt, options) => generateTokens({ context, model, grammars, prompt: asTokens(prompt) }, options),
    prepareGrammar: grammars.prepare,
    embed: (tokens, options) => embedder.embed(asTokens(tokens), options),
  };
}

function vocabularySize(model: LlamaModel): number {
  let size = 0;
  for (const _ of model.iterateAllTokens()) size++;
  return size;
}
