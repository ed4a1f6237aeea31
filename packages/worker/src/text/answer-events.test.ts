import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type AnswerEnd,
  type AnswerEvent,
  type AnswerEventsOptions,
  answerEvents,
  type GeneratedToken,
} from './answer-events.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);

/** A vocabulary of its own for each answer: the id of a token is its place in the list. */
function vocabulary(tokens: readonly Uint8Array[], special: readonly number[] = []): AnswerEventsOptions['text'] {
  return { tokenBytes: (id) => tokens[id] ?? new Uint8Array(), specialTokenIds: new Set(special) };
}

async function* generated(count: number, from = 0): AsyncGenerator<GeneratedToken> {
  for (let id = from; id < count; id += 1) yield { id, atMs: 1000 + id };
}

async function collect(events: AsyncGenerator<AnswerEvent, AnswerEnd>) {
  const list: AnswerEvent[] = [];
  for (;;) {
    const { done, value } = await events.next();
    if (done) return { list, end: value, text: textOf(list), ids: list.flatMap(({ tokenIds }) => tokenIds ?? []) };
    list.push(value);
  }
}

const textOf = (events: readonly AnswerEvent[]) =>
  events.map((event) => (event.type === 'token' ? event.text : '')).join('');

const answer = (
  tokens: readonly (string | Uint8Array)[],
  { special = [], ...options }: Partial<AnswerEventsOptions> & { special?: readonly number[] } = {},
) => {
  const bytes = tokens.map((token) => (typeof token === 'string' ? utf8(token) : token));
  return collect(answerEvents(generated(bytes.length), { text: vocabulary(bytes, special), stop: [], ...options }));
};

const bytesBefore = (tokens: readonly Uint8Array[], id: number) =>
  tokens.slice(0, id).reduce((sum, { length }) => sum + length, 0);

/** Said in another way than the code does: the shortest beginning that ends with a stop string, without the longest that it ends with. */
function upToStop(text: string, stops: readonly string[]): { readonly text: string; readonly isStopped: boolean } {
  for (let end = 1; end <= text.length; end += 1) {
    const found = stops.filter((stop) => stop !== '' && text.slice(0, end).endsWith(stop));
    if (found.length > 0)
      return { text: text.slice(0, end - Math.max(...found.map(({ length }) => length))), isStopped: true };
  }
  return { text, isStopped: false };
}

/** Bytes of a text, cut anywhere: within characters too. */
const cutText = fc
  .record({
    // Few letters, so that stop strings are found, begin in vain and overlap.
    text: fc.string({ unit: fc.constantFrom('a', 'b', '\n', 'é', '漢', '🙂', '\uFEFF'), maxLength: 24 }),
    cuts: fc.array(fc.nat(100), { maxLength: 24 }),
  })
  .map(({ text, cuts }) => {
    const bytes = utf8(text);
    const places = [...new Set([0, ...cuts.filter((cut) => cut < bytes.length), bytes.length])].sort((a, b) => a - b);
    return { text, tokens: places.slice(1).map((place, index) => bytes.slice(places[index], place)) };
  });
const stops = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '\n', '漢'), maxLength: 4 }), { maxLength: 4 });

test('however a text is cut into tokens, what is told is the text up to the first stop string', async () => {
  await fc.assert(
    fc.asyncProperty(cutText, stops, async ({ text, tokens }, stop) => {
      const told = await answer(tokens, { stop });
      const expected = upToStop(text, stop);
      expect(told.text).toBe(expected.text);
      expect(told.end.reason).toBe(expected.isStopped ? 'stop' : 'ended');
    }),
    { numRuns: 500 },
  );
});

test('the ids that are told are the tokens whose text was told, each once and in order', async () => {
  await fc.assert(
    fc.asyncProperty(cutText, stops, async ({ tokens }, stop) => {
      const told = await answer(tokens, { stop });
      const needed = tokens.filter((_, id) => bytesBefore(tokens, id) < utf8(told.text).length);
      const count = needed.length;
      // A token that a stop string begins in may share a character with those behind it.
      expect(told.ids.slice(0, count)).toEqual(Array.from({ length: count }, (_, id) => id));
      if (told.end.reason === 'ended') expect(told.ids).toHaveLength(told.text === '' ? 0 : tokens.length);
    }),
    { numRuns: 300 },
  );
});

test('each event holds whole tokens and whole characters: broken off anywhere, the rest goes on behind it', async () => {
  await fc.assert(
    fc.asyncProperty(cutText, stops, fc.nat(20), async ({ tokens }, stop, events) => {
      const whole = await answer(tokens, { stop });
      const emitted = whole.list.slice(0, events);
      const ids = emitted.flatMap(({ tokenIds }) => tokenIds ?? []);
      const text = textOf(emitted);
      const isLast = emitted.length === whole.list.length;
      if (isLast) return;
      const rest = await collect(
        answerEvents(generated(tokens.length, ids.length), {
          text: vocabulary(tokens),
          stop,
          emitted: { text, tokenIds: ids, tokens: ids.length },
        }),
      );
      expect(text + rest.text).toBe(whole.text);
      expect([...ids, ...rest.ids]).toEqual(whole.ids);
      expect(rest.end).toEqual(whole.end);
    }),
    { numRuns: 300 },
  );
});

test('text is told with the token that makes it sure, at its time', async () => {
  const { list } = await answer(['a', 'b', utf8('漢').slice(0, 1), utf8('漢').slice(1), 'c'], { stop: ['bx'] });
  expect(list).toEqual([
    { type: 'token', text: 'a', tokenIds: [0], atMs: 1000 },
    { type: 'token', text: 'b漢', tokenIds: [1, 2, 3], atMs: 1003 },
    { type: 'token', text: 'c', tokenIds: [4], atMs: 1004 },
  ]);
});

test('a stop string that began in what is out already ends the answer', async () => {
  const emitted = { text: 'some text\n', tokens: 3 };
  expect(await answer(['\n', 'more'], { stop: ['\n\n'], emitted })).toMatchObject({
    text: '',
    end: { reason: 'stop' },
  });
});

test('special tokens are no text, and the id of one between texts goes with the next', async () => {
  const { list, end } = await answer(['a', '<mark>', 'b', '<end>'], { special: [1, 3] });
  expect(list.map((event) => [event.type === 'token' && event.text, event.tokenIds])).toEqual([
    ['a', [0]],
    ['b', [1, 2]],
  ]);
  expect(end.reason).toBe('ended');
});

test('a character that only began when the answer ended is left off', async () => {
  expect((await answer(['ab', utf8('🙂').slice(0, 3)])).text).toBe('ab');
  expect(await answer([utf8('x漢').slice(0, 2)])).toMatchObject({ text: 'x', ids: [0] });
});

test('bytes that are no character are told as such, and don’t hold up what follows', async () => {
  expect((await answer([Uint8Array.of(0xe6), 'a', Uint8Array.of(0xff), 'b'])).text).toBe('\uFFFDa\uFFFDb');
});

test('at a stop string the engine is left', async () => {
  const log: string[] = [];
  async function* endless() {
    try {
      for (let id = 0; ; id = (id + 1) % 2) yield { id, atMs: 0 };
    } finally {
      log.push('left');
    }
  }
  const text = vocabulary([utf8('a'), utf8('.')]);
  expect((await collect(answerEvents(endless(), { text, stop: ['.'] }))).text).toBe('a');
  expect(log).toEqual(['left']);
  for await (const event of answerEvents(endless(), { text, stop: [] })) if (event.type === 'token') break;
  expect(log).toEqual(['left', 'left']);
});

test('an error of the engine comes through, and nothing that was held back', async () => {
  async function* failing() {
    yield { id: 0, atMs: 0 };
    throw new Error('lost');
  }
  const events = answerEvents(failing(), { text: vocabulary([utf8('a')]), stop: ['ab'] });
  await expect(events.next()).rejects.toThrow('lost');
});

test('log probabilities have bytes, as many alternatives as were asked for, and no infinity', async () => {
  const tokens = [utf8('漢').slice(0, 2), utf8('漢').slice(2), utf8('b')];
  async function* withLogprobs(): AsyncGenerator<GeneratedToken> {
    const top = [
      { id: 2, logprob: -0.1 },
      { id: 0, logprob: Number.NEGATIVE_INFINITY },
      { id: 1, logprob: -9 },
    ];
    yield { id: 0, atMs: 1, logprob: { chosen: -0.5, top } };
    yield { id: 1, atMs: 2, logprob: { chosen: -0.25, top: [] } };
  }
  const { list } = await collect(answerEvents(withLogprobs(), { text: vocabulary(tokens), stop: [], topLogprobs: 2 }));
  expect(list).toMatchObject([
    {
      text: '漢',
      logprobs: {
        refusal: null,
        content: [
          {
            token: '\uFFFD',
            bytes: [0xe6, 0xbc],
            logprob: -0.5,
            top_logprobs: [
              { token: 'b', bytes: [98], logprob: -0.1 },
              { bytes: [0xe6, 0xbc], logprob: -9999 },
            ],
          },
          { bytes: [0xa2], logprob: -0.25, top_logprobs: [] },
        ],
      },
    },
  ]);
  expect((await answer(['a'])).list[0]).not.toHaveProperty('logprobs');
});

test('events say which of several answers they belong to', async () => {
  expect((await answer(['a'], { choice: 2 })).list).toMatchObject([{ choice: 2 }]);
  expect((await answer(['a'])).list[0]).not.toHaveProperty('choice');
});
