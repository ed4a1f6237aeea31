import { ask, collect, stream, textOf, textOfChunks } from '../ask.ts';
import type { ConformanceCase, Subject } from '../case.ts';
import { aborted, equal, holds, refusal } from '../check.ts';

/** What is aborted must not have come to its end by itself. */
const long = ({ contextLength }: Subject) => ({ max_tokens: Math.min(400, Math.floor(contextLength / 3)) });

async function abortAfter(subject: Subject, tokens: number): Promise<void> {
  const controller = new AbortController();
  let seen = 0;
  await aborted(
    (async () => {
      for await (const { choices } of stream(subject, long(subject), { signal: controller.signal })) {
        if (choices.some(({ delta, finish_reason }) => delta.content || finish_reason) && ++seen >= tokens)
          controller.abort();
      }
      // OpenAI's client ends an aborted stream without a word.
      if (controller.signal.aborted) throw new DOMException('', 'AbortError');
    })(),
  );
  holds(seen < tokens + 50, `${seen} chunks came before it ended`);
}

/** Comes before all others: on a device the model has just been loaded. */
export const firstCase: ConformanceCase = {
  name: 'the first request of all, aborted between the load and its first token, ends as an abort, and the next one is answered',
  claim: 'abort',
  async run(subject) {
    const stop = new AbortController();
    setTimeout(() => stop.abort());
    await aborted(ask(subject, long(subject), { signal: stop.signal }));
    holds(textOf(await ask(subject)) !== '', 'the next request is not answered');
  },
};

export const lifeCases: readonly ConformanceCase[] = [
  {
    name: 'an abort before the first token, after it and after some ends the answer, and the next request is answered',
    claim: 'abort',
    async run(subject) {
      const already = new AbortController();
      already.abort();
      await aborted(ask(subject, long(subject), { signal: already.signal }));
      const soon = new AbortController();
      const asked = ask(subject, long(subject), { signal: soon.signal });
      setTimeout(() => soon.abort(), 20);
      await aborted(asked);
      await abortAfter(subject, 1);
      await abortAfter(subject, 4);
      holds(textOf(await ask(subject)) !== '', 'the next request is not answered');
    },
  },
  {
    name: 'an abort at any moment, while it waits, while a long prompt is read or while it answers, ends one request and changes no other',
    claim: 'abort',
    async run(subject) {
      const before = textOf(await ask(subject));
      const content = 'sea '.repeat(Math.floor(subject.contextLength / 8));
      const request = { ...long(subject), messages: [{ role: 'user' as const, content }] };
      for (const afterMs of [0, 2, 8, 20, 40]) {
        const stop = new AbortController();
        setTimeout(() => stop.abort(), afterMs);
        await aborted(ask(subject, request, { signal: stop.signal }));
      }
      equal(textOf(await ask(subject)), before, 'the answer to what was asked before');
    },
  },
  {
    name: 'of several requests at once those that wait are aborted where they stand, and the others are answered',
    claim: 'abort',
    async run(subject) {
      const stopped = new AbortController();
      const answered = [1, 2, 3, 4].map(() => ask(subject, { max_tokens: 6 }));
      const waiting = [1, 2].map(() => aborted(ask(subject, long(subject), { signal: stopped.signal })));
      setTimeout(() => stopped.abort(), 1);
      await Promise.all(waiting);
      for (const answer of await Promise.all(answered)) holds(textOf(answer) !== '', 'one is not answered');
    },
  },
  {
    name: 'aborting one of two requests leaves the other as it is',
    claim: 'abort',
    async run(subject) {
      const alone = textOf(await ask(subject));
      const [, other] = await Promise.all([abortAfter(subject, 2), ask(subject)]);
      holds(textOf(other) !== '', 'the other one is empty');
      // Computed side by side the last digits may differ, and with them a token late in the answer.
      equal(textOf(other).slice(0, 2), alone.slice(0, 2), 'the beginning of the other');
    },
  },
  {
    name: 'two requests at once are both answered whole',
    claim: 'parallel',
    async run(subject) {
      const both = await Promise.all([collect(stream(subject)), collect(stream(subject))]);
      for (const chunks of both) {
        holds(textOfChunks(chunks) !== '', 'one is empty');
        holds(chunks.at(-1)?.usage, 'one did not come to its end');
      }
    },
  },
  {
    name: 'embeddings are of one length, count their tokens, and differ for texts that do',
    claim: 'embeddings',
    async run({ client, model, embeddingModel = model }) {
      const input = ['the sea at night', 'a bill that is due'];
      const answer = await client.embeddings.create({ model: embeddingModel, input, encoding_format: 'float' });
      equal(
        answer.data.map(({ index }) => index),
        [0, 1],
        'the indices',
      );
      const [a = [], b = []] = answer.data.map(({ embedding }) => embedding);
      equal(a.length, b.length, 'the second length');
      const norm = Math.hypot(...a);
      holds(Math.abs(norm - 1) < 1e-2, `the length of the vector is ${norm}`);
      holds(
        a.some((value, index) => Math.abs(value - (b[index] ?? 0)) > 1e-3),
        'both are the same',
      );
      holds(answer.usage.prompt_tokens > 4, 'hardly a token was counted');
      equal((await refusal(client.embeddings.create({ model: embeddingModel, input: [] }))).status, 400, 'for no text');
    },
    unclaimed: ({ client, model }) => client.embeddings.create({ model, input: 'x' }),
  },
];
