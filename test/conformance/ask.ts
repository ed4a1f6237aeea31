import type OpenAI from 'openai';
import type { Subject } from './case.ts';
import { holds } from './check.ts';

type Params = Partial<OpenAI.Chat.ChatCompletionCreateParamsNonStreaming>;
export type Completion = OpenAI.Chat.ChatCompletion;
export type Chunk = OpenAI.Chat.ChatCompletionChunk;

/** Words in several scripts, so that characters are cut between tokens. */
export const question: OpenAI.Chat.ChatCompletionMessageParam[] = [
  { role: 'system', content: 'You are a helpful assistant.' },
  { role: 'user', content: 'Say something about the sea, el mar, 海 and 🌊.' },
];

const request = ({ model }: Subject, params: Params) => ({
  model,
  messages: question,
  max_tokens: 16,
  temperature: 0,
  ...params,
});

/** Asks for a whole answer; greedy and short unless told otherwise. */
export function ask(subject: Subject, params: Params = {}, options?: { signal: AbortSignal }): Promise<Completion> {
  return subject.client.chat.completions.create({ ...request(subject, params), stream: false }, options);
}

/** Asks for the same as a stream, with its usage. */
export async function* stream(
  subject: Subject,
  params: Params = {},
  options?: { signal: AbortSignal },
): AsyncGenerator<Chunk> {
  const body = { ...request(subject, params), stream: true as const, stream_options: { include_usage: true } };
  yield* await subject.client.chat.completions.create(body, options);
}

export async function collect(chunks: AsyncIterable<Chunk>): Promise<Chunk[]> {
  const all: Chunk[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return all;
}

export const textOf = (completion: Completion, index = 0): string =>
  completion.choices.find((choice) => choice.index === index)?.message.content ?? '';

export const textOfChunks = (chunks: readonly Chunk[], index = 0): string =>
  chunks
    .flatMap(({ choices }) => choices)
    .filter((choice) => choice.index === index)
    .map(({ delta }) => delta.content ?? '')
    .join('');

export function firstChoice(completion: Completion): Completion['choices'][number] {
  const [choice] = completion.choices;
  holds(choice, 'there is no choice');
  return choice;
}
