import type OpenAI from 'openai';

/** What an engine or a server may promise. Each promise is shown by the cases of that name. */
export const claimNames = [
  'chat',
  'stream',
  'usage',
  'stop',
  'seed',
  'logprobs',
  /** Also of characters that take several tokens. */
  'logprobs_unicode',
  'json_object',
  'json_schema',
  /** Also with `anyOf` and bounds of numbers. */
  'json_schema_wide',
  'tools',
  'tool_choice',
  'choices',
  'abort',
  'parallel',
  'limits',
  'embeddings',
] as const;
export type Claim = (typeof claimNames)[number];

/** Who is asked, by OpenAI's own client: a page's `orilla.fetch`, or a server. */
export interface Subject {
  readonly client: OpenAI;
  readonly model: string;
  /** Tokens of context that its answers have. */
  readonly contextLength: number;
  /** What embeds; the same model where it is absent. */
  readonly embeddingModel?: string;
}

/** One behaviour. It asks little, and nothing that depends on what a model knows: the models may have random weights. */
export interface ConformanceCase {
  readonly name: string;
  readonly claim: Claim;
  /** @throws Error saying what was not as it should be */
  run(subject: Subject): Promise<void>;
  /** What a subject must refuse that does not claim it; absent where nothing can be asked. */
  unclaimed?(subject: Subject): Promise<unknown>;
}
