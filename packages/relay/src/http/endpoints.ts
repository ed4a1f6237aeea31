/**
 * What becomes of a field of a request body. A field without a rule is refused by name: a model server would ignore
 * it without a word, and the caller would never know.
 */
export type FieldRule =
  /** Goes to the upstream as it is. */
  | 'forward'
  /** Taken and left out: it asks for nothing that an answer could hold (labels, storage, billing, cache hints). */
  | 'leave-out'
  /** The relay reads it itself. */
  | 'own'
  /** Goes to the upstream if it is a whole number up to this one. */
  | { readonly max: number }
  /** Goes to the upstream if it is an object of these switches. */
  | { readonly switches: readonly string[] }
  | { readonly refuse: string };

/** An inference endpoint: its path under `/v1` and the fields it takes. */
export interface Endpoint {
  readonly name: 'chat' | 'completions' | 'embeddings';
  readonly path: '/chat/completions' | '/completions' | '/embeddings';
  readonly fields: ReadonlyMap<string, FieldRule>;
}

const maxChoices = 8;
const maxLogprobs = 20;

/** Fields of every endpoint. */
const common: Record<string, FieldRule> = {
  model: 'own',
  orilla: 'own',
  user: 'leave-out',
  metadata: 'leave-out',
  store: 'leave-out',
  safety_identifier: 'leave-out',
  service_tier: 'leave-out',
  prompt_cache_key: 'leave-out',
  prompt_cache_options: 'leave-out',
  prompt_cache_retention: 'leave-out',
  // Replaced by a secret of the relay's own: it decides whose cached prompts an answer's timing can tell about.
  cache_salt: 'leave-out',
  kv_transfer_params: { refuse: 'it would steer how model servers move their caches' },
  vllm_xargs: { refuse: 'it reaches into the model server' },
  mm_processor_kwargs: { refuse: 'it reaches into the model server' },
  logits_processors: { refuse: 'it would run code on the model server' },
  priority: { refuse: 'one caller could push ahead of all others' },
  request_id: { refuse: 'it could name the request of another caller' },
};

/** How tokens are chosen: OpenAI's fields, then what vLLM and llama.cpp's server take besides. */
const sampling: Record<string, FieldRule> = {
  stream: 'own',
  stream_options: 'own',
  temperature: 'forward',
  top_p: 'forward',
  n: { max: maxChoices },
  stop: 'forward',
  max_tokens: 'forward',
  presence_penalty: 'forward',
  frequency_penalty: 'forward',
  logit_bias: 'forward',
  seed: 'forward',
  top_k: 'forward',
  min_p: 'forward',
  repetition_penalty: 'forward',
  min_tokens: 'forward',
  ignore_eos: 'forward',
  stop_token_ids: 'forward',
  include_stop_str_in_output: 'forward',
  skip_special_tokens: 'forward',
  return_token_ids: 'forward',
  structured_outputs: 'forward',
  response_format: 'forward',
};

const chat: Record<string, FieldRule> = {
  ...common,
  ...sampling,
  messages: 'forward',
  max_completion_tokens: 'forward',
  logprobs: 'forward',
  top_logprobs: { max: maxLogprobs },
  tools: 'forward',
  tool_choice: 'forward',
  parallel_tool_calls: 'forward',
  functions: 'forward',
  function_call: 'forward',
  reasoning_effort: 'forward',
  verbosity: 'forward',
  modalities: 'forward',
  audio: 'forward',
  // A guess of the answer that only makes it faster.
  prediction: 'leave-out',
  chat_template_kwargs: { switches: ['enable_thinking', 'thinking'] },
  chat_template: { refuse: 'a template is a program that would run on the model server' },
  documents: { refuse: 'the relay has no retrieval' },
};

const completions: Record<string, FieldRule> = {
  ...common,
  ...sampling,
  prompt: 'forward',
  suffix: 'forward',
  echo: 'forward',
  best_of: { max: maxChoices },
  logprobs: { max: maxLogprobs },
};

const embeddings: Record<string, FieldRule> = {
  ...common,
  input: 'forward',
  dimensions: 'forward',
  encoding_format: 'own',
};

export const endpoints = {
  chat: { name: 'chat', path: '/chat/completions', fields: new Map(Object.entries(chat)) },
  completions: { name: 'completions', path: '/completions', fields: new Map(Object.entries(completions)) },
  embeddings: { name: 'embeddings', path: '/embeddings', fields: new Map(Object.entries(embeddings)) },
} satisfies Record<Endpoint['name'], Endpoint>;
