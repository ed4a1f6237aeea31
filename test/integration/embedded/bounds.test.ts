import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test, vi } from 'vitest';
import { capitalOfFrance, type Embedded, type Reply, startEmbedded } from './embedded-client.ts';

// Where something must not be waited for, it takes minutes: the test's own time limit is the proof, on a busy machine too.

let embedded: Embedded;
afterEach(() => embedded.upstream.stop());

const chat = '/v1/chat/completions';
const endless = {
  messages: [{ role: 'user', content: 'Count from one to ten thousand.' }],
  temperature: 0,
  stream: true,
};
const short = { messages: capitalOfFrance, temperature: 0, max_tokens: 1 };

test('who leaves in mid-answer frees the only sequence at the next token', async () => {
  embedded = await startEmbedded({ sequences: 1 });
  for (let round = 0; round < 3; round++) {
    const { sent, response } = embedded.open(chat, endless);
    const stream = await response;
    await once(stream, 'data');
    stream.on('error', () => undefined); // the reset that this side causes
    sent.destroy();
    expect((await embedded.post(chat, short)).status).toBe(200);
  }
});

test('who leaves while a long prompt is read does not keep others waiting for its end', async () => {
  embedded = await startEmbedded({ sequences: 1 });
  const longPrompt = { prompt: 'word '.repeat(600), max_tokens: 1 };
  const started = performance.now();
  expect((await embedded.post('/v1/completions', longPrompt)).status).toBe(200);
  const wholeMs = performance.now() - started;
  const { sent, response } = embedded.open('/v1/completions', { ...longPrompt, prompt: 'word '.repeat(6_000) });
  const left = response.then(
    () => 'answered',
    () => 'left',
  );
  await sleep(wholeMs / 4); // it is being read, which takes more than ten times as long as the other one took
  sent.destroy();
  const leftAt = performance.now();
  expect((await embedded.post(chat, short)).status).toBe(200);
  expect(await left).toBe('left');
  expect(performance.now() - leftAt).toBeLessThan(wholeMs * 4);
});

test('who leaves the line is never computed', async () => {
  embedded = await startEmbedded({ sequences: 1 });
  const first = embedded.open(chat, endless);
  const stream = await first.response;
  await once(stream, 'data');
  const asked = Array.from({ length: 32 + 1 }, () => embedded.open(chat, { ...endless, stream: false }));
  // One is refused, and so the others stand in line.
  expect((await Promise.any(asked.map(({ response }) => response))).statusCode).toBe(503);
  stream.on('error', () => undefined); // the reset that this side causes
  for (const { sent, response } of [...asked, first]) {
    response.catch(() => undefined); // it never comes
    sent.destroy();
  }
  // The line may be full until the last one's leaving is noticed; any one of them would be computed for minutes.
  await vi.waitFor(async () => expect((await embedded.post(chat, short)).status).toBe(200), { timeout: 30_000 });
});

test('more than the line holds is refused at once, retryable, and the rest is answered', async () => {
  embedded = await startEmbedded({ sequences: 2 });
  // Both sequences are held for as long as this test likes.
  const holding = [embedded.open(chat, endless), embedded.open(chat, endless)];
  const streams = await Promise.all(holding.map(({ response }) => response));
  await Promise.all(streams.map((stream) => once(stream, 'data')));
  const replies: Reply[] = [];
  const asked = Array.from({ length: 32 + 10 }, async () => {
    replies.push(await embedded.post(chat, short));
  });
  await vi.waitFor(() => expect(replies.length).toBeGreaterThanOrEqual(10), { timeout: 20_000 });
  expect(replies.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 503));
  expect(replies[0]?.headers['retry-after']).toBe('1');
  expect(JSON.parse(replies[0]?.text ?? '').error.code).toBe('server_overloaded');
  for (const [index, stream] of streams.entries()) {
    stream.on('error', () => undefined); // the reset that this side causes
    holding[index]?.sent.destroy();
  }
  await Promise.all(asked);
  expect(replies.slice(10).map(({ status }) => status)).toEqual(Array.from({ length: 32 }, () => 200));
});

test('answers computed side by side are the same as alone, and do not touch each other', async () => {
  embedded = await startEmbedded({ sequences: 4 });
  const ask = async (question: string) => {
    const messages = [
      { role: 'system', content: 'You are a helpful assistant.' },
      { role: 'user', content: question },
    ];
    const { text } = await embedded.post(chat, { messages, temperature: 0, max_tokens: 12 });
    return JSON.parse(text).choices[0].message.content;
  };
  const answers = {
    'What is the capital of France?': 'The capital of France is Paris.',
    'What is the capital of Germany?': 'The capital of Germany is Berlin.',
    'What is the capital of Japan?': 'The capital of Japan is Tokyo.',
    'Which planet do we live on?': 'The planet we live on is called Earth.',
  };
  const questions = Object.keys(answers);
  const alone: string[] = [];
  for (const question of questions) alone.push(await ask(question));
  expect(alone).toEqual(Object.values(answers));
  expect(await Promise.all(questions.map(ask))).toEqual(alone);
});

test('a reader that stops reading stops the computing, and goes on where it was', async () => {
  embedded = await startEmbedded({ sequences: 1 });
  const { response } = embedded.open('/v1/completions', {
    prompt: 'Once upon a time',
    max_tokens: 300,
    temperature: 0,
    stream: true,
  });
  const stream = await response;
  stream.setEncoding('utf8');
  let text = '';
  for await (const part of stream) {
    text += part;
    if (text.length < 2_000) await sleep(20); // slower than it computes
  }
  expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
});
