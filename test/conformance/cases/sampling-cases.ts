import { ask, type Completion, collect, firstChoice, stream, textOf, textOfChunks } from '../ask.ts';
import type { ConformanceCase, Subject } from '../case.ts';
import { equal, holds, refusal } from '../check.ts';

/** A piece of a text that begins inside one of its tokens, where they are longer than that. */
const inTheMiddle = (text: string) => {
  const characters = [...text];
  return characters.slice(Math.floor(characters.length / 2), Math.floor(characters.length / 2) + 3).join('');
};

/** A question whose answer hardly holds more than letters. */
const plain = { messages: [{ role: 'user' as const, content: 'What is the capital of France?' }] };

type Logprobs = Completion['choices'][number]['logprobs'] | undefined;

async function checkLogprobs(subject: Subject, params: Partial<typeof plain>): Promise<void> {
  const answer = await ask(subject, { logprobs: true, top_logprobs: 2, max_tokens: 8, ...params });
  const entries = firstChoice(answer).logprobs?.content ?? [];
  // The token that ends an answer is counted and has no text.
  const ends = firstChoice(answer).finish_reason === 'stop' ? 1 : 0;
  const missing = (answer.usage?.completion_tokens ?? 0) - entries.length;
  holds(missing === 0 || missing === ends, `${entries.length} entries for ${answer.usage?.completion_tokens} tokens`);
  const bytes = entries.flatMap((entry) => entry.bytes ?? []);
  const text = new TextDecoder().decode(Uint8Array.from(bytes));
  // What a limit cut in the middle of a character is told by no text.
  holds(text.startsWith(textOf(answer).replace(/\uFFFD+$/, '')), 'their bytes are not the text');
  for (const { logprob, top_logprobs } of entries) {
    holds(logprob <= 1e-3, `a log probability is ${logprob}`);
    holds(top_logprobs.length <= 2 && top_logprobs.length > 0, `${top_logprobs.length} stand beside a token`);
    holds(Math.abs((top_logprobs[0]?.logprob ?? 1) - logprob) < 1e-3, 'the greedy token is not the most probable');
  }
}

export const samplingCases: readonly ConformanceCase[] = [
  {
    name: 'a stop string ends the answer before it, wherever tokens are cut, and none of it is told',
    claim: 'stop',
    async run(subject) {
      const whole = textOf(await ask(subject, { max_tokens: 24 }));
      const stop = inTheMiddle(whole);
      holds(stop.length > 0, 'there is no text to stop in');
      const wanted = whole.slice(0, whole.indexOf(stop));
      const chunks = await collect(stream(subject, { max_tokens: 24, stop: [stop] }));
      equal(textOfChunks(chunks), wanted, 'the text up to the stop string');
      const reasons = chunks.flatMap(({ choices }) => choices.flatMap(({ finish_reason }) => finish_reason ?? []));
      equal(reasons, ['stop'], 'the finish reason');
      const { usage } = await ask(subject, { max_tokens: 24 });
      equal(chunks.at(-1)?.usage?.prompt_tokens, usage?.prompt_tokens, 'the prompt’s tokens');
      holds(
        (chunks.at(-1)?.usage?.completion_tokens ?? 99) <= (usage?.completion_tokens ?? 0),
        'it counts more than the whole',
      );
    },
  },
  {
    name: 'a stop string that does not come changes nothing, and what looked like its beginning is told',
    claim: 'stop',
    async run(subject) {
      const whole = textOf(await ask(subject, { max_tokens: 16 }));
      const begins = `${whole.slice(-2)}\u0001`;
      equal(textOf(await ask(subject, { max_tokens: 16, stop: begins })), whole, 'the text');
    },
  },
  {
    name: 'the same seed gives the same answer; another one, most often, another',
    claim: 'seed',
    async run(subject) {
      const hot = (seed: number) => ask(subject, { temperature: 1.5, seed, max_tokens: 16 }).then((it) => textOf(it));
      const [first, again] = [await hot(7), await hot(7)];
      equal(again, first, 'the second answer');
      const others = [await hot(8), await hot(9), await hot(10)];
      holds(
        others.some((text) => text !== first),
        'four seeds gave one answer',
      );
    },
  },
  {
    name: 'top_p near nothing is greedy, whatever the temperature',
    claim: 'seed',
    async run(subject) {
      const sampled = await ask(subject, { temperature: 1, top_p: 1e-6, seed: 1, max_tokens: 8 });
      equal(textOf(sampled), textOf(await ask(subject, { max_tokens: 8 })), 'the text');
    },
  },
  {
    name: 'log probabilities: one entry a token, whose bytes are the text, none above zero, the greedy one the best',
    claim: 'logprobs',
    run: (subject) => checkLogprobs(subject, plain),
    unclaimed: (subject) => ask(subject, { logprobs: true, ...plain }),
  },
  {
    name: 'log probabilities where a character takes several tokens',
    claim: 'logprobs_unicode',
    run: (subject) => checkLogprobs(subject, {}),
    unclaimed: (subject) => ask(subject, { logprobs: true, max_tokens: 8 }),
  },
  {
    name: 'no log probabilities unless they are asked for',
    claim: 'logprobs',
    async run(subject) {
      holds(!firstChoice(await ask(subject, { max_tokens: 2 })).logprobs, 'they were told unasked');
    },
  },
  {
    name: 'a stream tells the same log probabilities as the whole answer',
    claim: 'logprobs',
    async run(subject) {
      const request = { logprobs: true, top_logprobs: 1, max_tokens: 6, ...plain };
      const tokensOf = (logprobs: Logprobs) => (logprobs?.content ?? []).map(({ token }) => token);
      const chunks = await collect(stream(subject, request));
      const streamed = chunks.flatMap(({ choices }) => choices.flatMap((choice) => tokensOf(choice.logprobs)));
      holds(streamed.length > 0, 'the stream has none');
      equal(streamed, tokensOf(firstChoice(await ask(subject, request)).logprobs), 'the tokens of the stream');
    },
  },
  {
    name: 'several choices have indices, texts and finish reasons of their own, and one usage',
    claim: 'choices',
    async run(subject) {
      const answer = await ask(subject, { n: 2, temperature: 1.2, seed: 3, max_tokens: 6 });
      equal(
        answer.choices.map(({ index }) => index),
        [0, 1],
        'the indices',
      );
      holds(
        (answer.usage?.completion_tokens ?? 0) > 6 || answer.choices.some((it) => it.finish_reason === 'stop'),
        'the tokens of one choice only are counted',
      );
    },
    unclaimed: (subject) => ask(subject, { n: 2 }),
  },
  {
    name: 'values of the wrong kind are refused with 400, not guessed at',
    claim: 'limits',
    async run(subject) {
      const wrong = { temperature: 'hot' as unknown as number }; // what a caller without types may send
      const told = await refusal(ask(subject, wrong));
      holds(told.status === 400 || told.status === 422, `it was refused with ${told.status}`);
    },
  },
  {
    name: 'a long prompt that just fits is read whole: every word of it is counted, and it is answered',
    claim: 'limits',
    async run(subject) {
      const words = (count: number) => [{ role: 'user' as const, content: 'sea '.repeat(count) }];
      const promptOf = async (count: number) =>
        (await ask(subject, { messages: words(count), max_tokens: 1 })).usage?.prompt_tokens ?? 0;
      const [ten, thirty] = [await promptOf(10), await promptOf(30)];
      const each = (thirty - ten) / 20;
      const most = Math.floor((subject.contextLength * 0.9 - ten) / each);
      const answer = await ask(subject, { messages: words(most), max_tokens: 8 });
      const wanted = ten + (most - 10) * each;
      const seen = answer.usage?.prompt_tokens ?? 0;
      holds(Math.abs(seen - wanted) <= 2, `the prompt has ${seen} tokens, and should have ${wanted}`);
      holds(['stop', 'length'].includes(firstChoice(answer).finish_reason), 'it is not answered');
    },
  },
  {
    name: 'a conversation longer than the context is refused with 400, and the message holds none of it',
    claim: 'limits',
    async run(subject) {
      const content = 'secretword '.repeat(subject.contextLength);
      const told = await refusal(ask(subject, { messages: [{ role: 'user', content }] }));
      equal(told.status, 400, 'the status');
      holds(
        ['context_length_exceeded', 'no_place_for_request'].includes(told.code) ||
          /context|too long|length/i.test(told.message),
        `it was told ${told.code}`,
      );
      holds(!told.message.includes('secretword'), 'the message quotes the prompt');
    },
  },
];
