import { ask, collect, firstChoice, question, stream, textOf, textOfChunks } from '../ask.ts';
import type { ConformanceCase } from '../case.ts';
import { equal, holds, refusal } from '../check.ts';

export const chatCases: readonly ConformanceCase[] = [
  {
    name: 'an answer has OpenAI’s shape, and says why it ended',
    claim: 'chat',
    async run(subject) {
      const answer = await ask(subject);
      equal(answer.object, 'chat.completion', 'object');
      equal(firstChoice(answer).message.role, 'assistant', 'the role');
      holds(textOf(answer) !== '', 'the answer is empty');
      holds(
        ['stop', 'length'].includes(firstChoice(answer).finish_reason),
        'the finish reason is neither stop nor length',
      );
    },
  },
  {
    name: 'roles are told apart: the same words said by the system and by the user have different answers',
    claim: 'chat',
    async run(subject) {
      const said = (role: 'system' | 'user') =>
        ask(subject, { messages: [{ role, content: 'Be brief.' }, ...question.slice(1)], max_tokens: 32 });
      holds(textOf(await said('system')) !== textOf(await said('user')), 'the answers are the same');
    },
  },
  {
    name: 'the template marks each turn: in two messages the same words take more tokens than in one',
    claim: 'chat',
    async run(subject) {
      const promptOf = async (...contents: readonly string[]) => {
        const messages = contents.map((content) => ({ role: 'user' as const, content }));
        return (await ask(subject, { messages, max_tokens: 1 })).usage?.prompt_tokens ?? 0;
      };
      const [one, two, empty] = [await promptOf('sea shore'), await promptOf('sea', 'shore'), await promptOf('')];
      holds(two > one, `two messages take ${two} tokens, and one takes ${one}`);
      holds(one > empty && empty > 0, `a message takes ${one} tokens, and an empty one takes ${empty}`);
    },
  },
  {
    name: 'a conversation of several turns is answered, and takes more tokens than its first turn',
    claim: 'chat',
    async run(subject) {
      const first = await ask(subject);
      const messages = [...question, { role: 'assistant' as const, content: textOf(first) || 'The sea.' }];
      const second = await ask(subject, { messages: [...messages, { role: 'user', content: 'More.' }] });
      holds((second.usage?.prompt_tokens ?? 0) > (first.usage?.prompt_tokens ?? 0), 'the second prompt is not longer');
    },
  },
  {
    name: 'parts of text are taken as text, `developer` as system',
    claim: 'chat',
    async run(subject) {
      const content = [{ type: 'text' as const, text: 'Say something about the sea, el mar, 海 and 🌊.' }];
      const parts = await ask(subject, {
        messages: [
          { role: 'developer', content: 'You are a helpful assistant.' },
          { role: 'user', content },
        ],
      });
      equal(textOf(parts), textOf(await ask(subject)), 'the answer');
    },
  },
  {
    name: 'an empty message is answered, none at all is refused',
    claim: 'chat',
    async run(subject) {
      const answer = await ask(subject, { messages: [{ role: 'user', content: '' }], max_tokens: 2 });
      holds(answer.choices.length === 1, 'an empty message has no answer');
      equal((await refusal(ask(subject, { messages: [] }))).status, 400, 'the status');
    },
  },
  {
    name: 'a stream is role first, then text, then the finish reason, then the usage, all under one id',
    claim: 'stream',
    async run(subject) {
      const chunks = await collect(stream(subject));
      equal(new Set(chunks.map(({ id }) => id)).size, 1, 'the number of ids');
      equal(chunks[0]?.choices[0]?.delta.role, 'assistant', 'the role in the first chunk');
      const reasons = chunks.flatMap(({ choices }) => choices.flatMap(({ finish_reason }) => finish_reason ?? []));
      equal(reasons.length, 1, 'the number of finish reasons');
      holds(chunks.at(-1)?.usage, 'the last chunk has no usage');
    },
  },
  {
    name: 'streamed or not, a greedy answer is the same, and no character is cut',
    claim: 'stream',
    async run(subject) {
      const chunks = await collect(stream(subject, { max_tokens: 32 }));
      equal(textOfChunks(chunks), textOf(await ask(subject, { max_tokens: 32 })), 'the text');
      for (const { choices } of chunks)
        holds(
          choices.every(({ delta }) => (delta.content ?? '').isWellFormed()),
          'a chunk holds half a character',
        );
    },
  },
  {
    name: 'usage counts: prompt and answer, the limit is met exactly, the total is their sum',
    claim: 'usage',
    async run(subject) {
      const { usage, choices } = await ask(subject, { max_tokens: 3 });
      holds(usage, 'there is no usage');
      holds(usage.prompt_tokens > 5, 'the prompt has hardly a token');
      equal(usage.total_tokens, usage.prompt_tokens + usage.completion_tokens, 'the total');
      if (choices[0]?.finish_reason === 'length') equal(usage.completion_tokens, 3, 'the answer’s tokens');
    },
  },
  {
    name: 'both words for the limit count',
    claim: 'usage',
    async run(subject) {
      const { usage } = await ask(subject, { max_tokens: null, max_completion_tokens: 2 });
      holds((usage?.completion_tokens ?? 99) <= 2, `max_completion_tokens 2 gave ${usage?.completion_tokens}`);
    },
  },
  {
    name: 'a streamed answer is counted as the whole one is',
    claim: 'usage',
    async run(subject) {
      const { usage } = await ask(subject);
      const streamed = (await collect(stream(subject))).at(-1)?.usage;
      equal(streamed?.prompt_tokens, usage?.prompt_tokens, 'the prompt');
      equal(streamed?.completion_tokens, usage?.completion_tokens, 'the answer');
    },
  },
  {
    name: 'a stream tells its usage only where that is asked for',
    claim: 'usage',
    async run({ client, model }) {
      const chunks = await collect(
        await client.chat.completions.create({ model, messages: question, max_tokens: 2, stream: true }),
      );
      holds(chunks.length > 0 && chunks.every(({ usage }) => !usage), 'it was told unasked');
    },
  },
];
