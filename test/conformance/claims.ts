import type { Claim } from './case.ts';

const everyEngine = [
  'chat',
  'stream',
  'usage',
  'stop',
  'seed',
  'logprobs',
  'json_object',
  'json_schema',
  'json_schema_wide',
  'abort',
  'parallel',
  'limits',
] as const satisfies Claim[];

/**
 * What each engine and server is held to. The suite shows every claim, and that the rest is refused: this table is what it can do, no less
 * and no more.
 */
export const claims = {
  llamacpp: [...everyEngine, 'tools', 'tool_choice', 'choices', 'embeddings'],
  onnx: [...everyEngine, 'logprobs_unicode', 'tools', 'tool_choice', 'choices', 'embeddings'],
  webllm: [...everyEngine, 'logprobs_unicode', 'tools', 'tool_choice', 'choices'],
  embedded: [
    'chat',
    'stream',
    'usage',
    'stop',
    'seed',
    'json_object',
    'json_schema',
    'abort',
    'parallel',
    'limits',
    'choices',
    'embeddings',
  ],
} as const satisfies Record<string, readonly Claim[]>;

/** What an app is told that an engine can do (`orilla.capabilities()`), for each claim that a request may need. */
const featureOf = {
  tools: 'tools',
  json_object: 'json-object',
  json_schema: 'json-schema',
  logprobs: 'logprobs',
  choices: 'multiple-choices',
  embeddings: 'embeddings',
} as const satisfies Partial<Record<Claim, string>>;

/** The features that an engine with these claims has to tell of, and no others. */
export const featuresFor = (claimed: readonly Claim[]): readonly string[] =>
  claimed.flatMap((claim) => (claim in featureOf ? featureOf[claim as keyof typeof featureOf] : [])).toSorted(); // just asked
