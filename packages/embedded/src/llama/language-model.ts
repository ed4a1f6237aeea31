import type { GrammarRequest } from '../api/grammar-request.ts';
import type { Sampling } from '../api/sampling.ts';
import type { ChatFormat } from '../text/chat-prompt.ts';

export interface GenerateOptions {
  readonly sampling: Sampling;
  readonly grammar: GrammarRequest | undefined;
  /** Stops the computation at the next token, or at the next chunk of a prompt that is still being read. */
  readonly signal: AbortSignal;
}

/** A model in memory. Its caller sees to it that no more answers are computed at the same time than it has sequences. */
export interface LanguageModel {
  readonly contextLength: number;
  readonly sequences: number;
  readonly embeddingLength: number;
  /** Tokens that one text to embed may have. */
  readonly embeddingContextLength: number;
  readonly chatFormat: ChatFormat | undefined;
  /** Ids of a text; names of special tokens in it become those tokens. */
  tokenize(text: string): readonly number[];
  /** The text of some tokens that follow others. Special tokens have none. */
  detokenize(tokens: readonly number[], before: readonly number[]): string;
  /** Whether an id belongs to the vocabulary. The native code ends the process on one that doesn't. */
  hasToken(token: number): boolean;
  /** The tokens of an answer, up to where the model ends it. Prompt and answer together must fit the context. */
  generate(prompt: readonly number[], options: GenerateOptions): AsyncIterable<number>;
  /** Checks a grammar before it is used. @throws Error where it cannot be made */
  prepareGrammar(request: GrammarRequest): Promise<void>;
  /** The mean of the last hidden states. One at a time. */
  embed(tokens: readonly number[], options: { readonly signal: AbortSignal }): Promise<readonly number[]>;
}
