import type OpenAI from 'openai';
import { type Answer, answer } from './answer.ts';
import { readAnswerRequest, sharedFields, sharedLacking } from './answer-request.ts';
import { badField, type Fields, refuseOthers, unsupported } from './fields.ts';
import { samplingFields } from './sampling.ts';
import type { ServedModel } from './served-model.ts';

const known = [...sharedFields, ...samplingFields, 'prompt'];
const lacking = [...sharedLacking, 'best_of', 'echo', 'response_format', 'suffix'];

/** `POST /v1/completions`: a text or its token ids, gone on with. @throws OrillaError; AbortError */
export async function textCompletions(
  fields: Fields,
  served: ServedModel,
  options: { readonly signal: AbortSignal },
): Promise<Answer> {
  refuseOthers(fields, known, lacking);
  const prompt = readPrompt(fields.prompt, served.model);
  // 16 is what OpenAI's API takes where the request says nothing.
  return answer(readAnswerRequest(fields, prompt, served.model, { maxTokens: 16 }), served, textShape, options);
}

function readPrompt(prompt: unknown, model: ServedModel['model']): readonly number[] {
  if (typeof prompt === 'string') return filled(model.tokenize(prompt));
  if (!Array.isArray(prompt)) throw badField('prompt', 'must be a text or a list of token ids');
  const items: readonly unknown[] = prompt;
  if (items.every((item) => typeof item === 'number')) {
    if (!items.every((item) => model.hasToken(item)))
      throw badField('prompt', "holds an id that is not in the model's vocabulary");
    return filled(items);
  }
  const [only] = items;
  if (items.length === 1 && (typeof only === 'string' || Array.isArray(only))) return readPrompt(only, model);
  throw unsupported('prompt', 'holds several prompts, and the embedded upstream answers one a request');
}

function filled(tokens: readonly number[]): readonly number[] {
  if (tokens.length === 0) throw badField('prompt', 'must not be empty');
  return tokens;
}

const textShape = {
  idPrefix: 'cmpl-',
  text: (head, index, text) => completion(head, [{ index, text, logprobs: null, finish_reason: null }]),
  closing: (head, index, reason) => completion(head, [{ index, text: '', logprobs: null, finish_reason: reason }]),
  usage: (head, usage) => ({ ...completion(head, []), usage }),
  whole: (head, choices, usage) => ({
    ...completion(
      head,
      choices.map(({ text, reason }, index) => ({ index, text, logprobs: null, finish_reason: reason })),
    ),
    usage,
  }),
} satisfies Parameters<typeof answer>[2];

/** A chunk of a stream has no reason yet, which the client's own type doesn't know. */
type Choice = Omit<OpenAI.CompletionChoice, 'finish_reason'> & {
  finish_reason: OpenAI.CompletionChoice['finish_reason'] | null;
};

function completion(
  { id, created, model }: { id: string; created: number; model: string },
  choices: readonly Choice[],
) {
  return { id, object: 'text_completion', created, model, choices };
}
