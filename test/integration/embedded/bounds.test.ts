import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import { capitalOfFrance, type Embedded, startEmbedded } from './embedded-client.ts';

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
  const { sent, response } = embedded.open('/v1/completions', { prompt: 'word '.repeat(7_500), max_tokens: 1 });
  response.catch(() => undefined); // it never comes
  await new Promise((resolve) => setTimeout(resolve, 500)); // reading takes most of a minute
  sent.on('error', () => undefined).destroy();
  const left = performance.now();
  expect((await embedded.post(chat, short)).status).toBe(200);
  expect(performance.now() - left).toBeLessThan(20_000);
});

test('who leaves the line is never computed', async () => {
  embedded = await startEmbedded({ sequences: 1 });
  const first = embedded.open(chat, endless);
  await once(await first.response, 'data');
  const waiting = embedded.open(chat, { ...endless, stream: false });
  waiting.response.catch(() => undefined);
  await new Promise((resolve) => setTimeout(resolve, 100));
  waiting.sent.on('error', () => undefined).destroy();
  (await first.response).on('error', () => undefined);
  first.sent.destroy();
  expect((await embedded.post(chat, short)).status).toBe(200);
});

test('more than the line holds is refused at once, retryable, and the rest is answered', async () => {
  embedded = await startEmbedded({ sequences: 2 });
  const replies = await Promise.all(Array.from({ length: 44 }, () => embedded.post(chat, short)));
  const refused = replies.filter(({ status }) => status === 503);
  expect(refused).toHaveLength(44 - 2 - 32);
  expect(refused[0]?.headers['retry-after']).toBe('1');
  expect(JSON.parse(refused[0]?.text ?? '').error.code).toBe('server_overloaded');
  expect(replies.filter(({ status }) => status === 200)).toHaveLength(34);
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
    if (text.length < 2_000) await new Promise((resolve) => setTimeout(resolve, 20));
  }
  expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
});
