import type { LlamaContext, LlamaContextSequence, LlamaModel, SequenceEvaluateOptions, Token } from 'node-llama-cpp';
import type { GrammarSource } from './grammar-source.ts';
import type { GenerateOptions } from './language-model.ts';

/** A prompt is read in pieces of this many tokens, under a second each, so that an abort is heard in between. */
const promptChunk = 128;

interface Job {
  readonly context: LlamaContext;
  readonly model: LlamaModel;
  readonly grammars: GrammarSource;
  readonly prompt: readonly Token[];
}

/**
 * The answer's tokens in a sequence of its own, which is cleared at the end: what one request computed is never
 * reused for another, so that nobody can tell from the time an answer takes what others have asked.
 */
export async function* generateTokens(job: Job, options: GenerateOptions): AsyncGenerator<number, void, void> {
  const { context, model, prompt } = job;
  const { signal } = options;
  const produced: Token[] = [];
  const evaluateOptions = await toEvaluateOptions(job, options, produced);
  signal.throwIfAborted();
  const sequence = context.getSequence();
  try {
    const last = await readPrompt(sequence, prompt, signal);
    for await (const token of sequence.evaluate(last, { ...evaluateOptions, yieldEogToken: true })) {
      signal.throwIfAborted();
      if (model.isEogToken(token)) return;
      produced.push(token);
      yield token;
      signal.throwIfAborted();
    }
  } finally {
    await sequence.dispose();
  }
}

/** Computes all of the prompt but its last piece, which is given back: from there on tokens come. */
async function readPrompt(
  sequence: LlamaContextSequence,
  prompt: readonly Token[],
  signal: AbortSignal,
): Promise<Token[]> {
  let start = 0;
  for (; prompt.length - start > promptChunk; start += promptChunk) {
    await sequence.evaluateWithoutGeneratingNewTokens(prompt.slice(start, start + promptChunk));
    signal.throwIfAborted();
  }
  return prompt.slice(start);
}

async function toEvaluateOptions(
  { grammars }: Job,
  { sampling, grammar }: GenerateOptions,
  produced: readonly Token[],
): Promise<SequenceEvaluateOptions> {
  const { temperature, topK, topP, minP, seed, presencePenalty, frequencyPenalty, repetitionPenalty } = sampling;
  const state = grammar && (await grammars.begin(grammar));
  const isPenalised = presencePenalty !== 0 || frequencyPenalty !== 0 || repetitionPenalty !== 1;
  return {
    temperature,
    topK,
    topP,
    minP,
    seed,
    ...(state && { grammarEvaluationState: state }),
    ...(isPenalised && {
      repeatPenalty: {
        punishTokens: () => [...produced],
        penalty: repetitionPenalty,
        presencePenalty,
        frequencyPenalty,
      },
    }),
  };
}
