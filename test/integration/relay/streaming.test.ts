import type { Receipt } from '@orilla/contract';
import { expect, test } from 'vitest';
import { chatBody, postJson, startTestRelay } from './relay-under-test.ts';
import {
  answerWell,
  chunk,
  done,
  event,
  type SeenRequest,
  sendJson,
  startStream,
  startUpstreamDouble,
  usageChunk,
} from './upstream-double.ts';

const path = '/v1/chat/completions';

async function setUp(answer: (seen: SeenRequest) => void, limits = {}) {
  const upstream = await startUpstreamDouble(answer);
  const relay = await startTestRelay({ upstreams: [{ name: 'own', url: upstream.url }], limits });
  const stream = (change: object = {}, headers: Record<string, string> = {}) =>
    postJson(relay.url + path, { ...chatBody, stream: true, ...change }, { headers });
  return { upstream, relay, stream };
}

/** The data of all events. */
async function eventsOf(response: Response): Promise<string[]> {
  return [...(await response.text()).matchAll(/^data: (.*)$/gm)].map((match) => match[1] ?? '');
}

/** The double's parts of a stream, sent one after another in packets of their own. */
function inParts(...parts: readonly (string | Buffer)[]) {
  return ({ response }: SeenRequest): void => {
    startStream(response);
    const send = (index: number): void => {
      const part = parts[index];
      if (part === undefined) response.end();
      else response.write(part, () => setTimeout(send, 2, index + 1));
    };
    send(0);
  };
}

const begin = chunk({ role: 'assistant', content: '' });
const here = (text: string) => text.replaceAll('model-there', 'model-here').trim().replace('data: ', '');

test('a stream arrives event by event, with the model’s own name for the client', async () => {
  const { stream } = await setUp(
    inParts(begin, chunk({ content: 'Par' }), chunk({ content: 'is.' }), chunk({}, 'stop'), done),
  );
  const response = await stream();
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache, no-transform',
    'orilla-place': 'relay',
    'orilla-upstream-zone': 'on-premises',
  });
  expect(await eventsOf(response)).toEqual([
    here(begin),
    here(chunk({ content: 'Par' })),
    here(chunk({ content: 'is.' })),
    here(chunk({}, 'stop')),
    '[DONE]',
  ]);
});

test('headers and each event are passed on at once, not when the next one comes', async () => {
  const { upstream, stream } = await setUp(({ response }) => {
    startStream(response);
    response.flushHeaders();
  });
  const response = await stream();
  expect(response.status).toBe(200);
  const reader = response.body?.getReader();
  for (const text of ['Par', 'is.']) {
    upstream.seen[0]?.response.write(chunk({ content: text }));
    const { value } = (await reader?.read()) ?? {};
    expect(new TextDecoder().decode(value)).toContain(`"content":"${text}"`);
  }
  await reader?.cancel();
});

test('CRLF, comments, cut characters, events in one packet and an end without a blank line are all read', async () => {
  const text = Buffer.from(chunk({ content: 'ñ 🌊' }));
  const cut = text.indexOf(Buffer.from('🌊')) + 2;
  const { stream } = await setUp(
    inParts(
      ': OPENROUTER PROCESSING\n\n',
      begin.replaceAll('\n', '\r\n'),
      text.subarray(0, cut),
      text.subarray(cut),
      `event: message\nid: 7\n${chunk({ content: 'a' })}${chunk({ content: 'b' })}nonsense\n\n`,
      chunk({}, 'stop'),
      'data: [DONE]',
    ),
  );
  const response = await stream();
  const body = await response.text();
  expect(body).toContain(': keep-alive\n\n');
  expect(body).not.toContain('OPENROUTER');
  expect(body).not.toContain('\r');
  const contents = [...body.matchAll(/"content":"([^"]*)"/g)].map((match) => match[1]);
  expect(contents).toEqual(['', 'ñ 🌊', 'a', 'b']);
  expect(body.endsWith('data: [DONE]\n\n')).toBe(true);
});

test('reasoning has one name, whichever the server gives it', async () => {
  const { stream } = await setUp(
    inParts(begin, chunk({ reasoning: 'old' }), chunk({ reasoning_content: 'er' }), chunk({}, 'stop'), done),
  );
  const body = await (await stream()).text();
  expect([...body.matchAll(/"reasoning_content":"(\w+)"/g)].map((match) => match[1])).toEqual(['old', 'er']);
  expect(body).not.toContain('"reasoning":');
});

test('usage nobody asked for is not passed on, and is not asked for', async () => {
  const { upstream, stream } = await setUp(inParts(begin, chunk({}, 'stop'), usageChunk(), done));
  const body = await (await stream()).text();
  expect(body).not.toContain('usage');
  expect(upstream.seen[0]?.body).not.toHaveProperty('stream_options');
});

test('running usage on every chunk reaches who asked for it', async () => {
  const counted = chunk({ content: 'a' }).replace(
    '"choices"',
    '"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2},"choices"',
  );
  const { upstream, stream } = await setUp(inParts(begin, counted, chunk({}, 'stop'), usageChunk(), done));
  const options = { include_usage: true, continuous_usage_stats: true };
  const events = await eventsOf(await stream({ stream_options: options }));
  expect(events.filter((data) => data.includes('"usage":{'))).toHaveLength(2);
  expect(upstream.seen[0]?.body.stream_options).toEqual(options);
});

test.each([true, false])('the receipt comes on the last chunk (usage asked for: %s)', async (wantsUsage) => {
  const { upstream, stream } = await setUp(answerWell);
  const response = await stream({ stream_options: { include_usage: wantsUsage } }, { 'orilla-receipt': '1' });
  const events = await eventsOf(response);
  expect(events.at(-1)).toBe('[DONE]');
  const last: { choices: unknown; usage?: unknown; id: string; orilla: { receipt: Receipt } } = JSON.parse(
    events.at(-2) ?? '',
  );
  expect(last.choices).toEqual([]);
  expect(last.id).toBe('chatcmpl-1');
  expect(last.usage !== undefined).toBe(wantsUsage);
  expect(last.orilla.receipt).toEqual({
    requestId: response.headers.get('orilla-request-id'),
    startedAt: expect.stringMatching(/^\d{4}-.*Z$/),
    privacy: { label: 'organization' },
    reasons: [{ rule: 'privacy', verdict: 'relay-allowed', label: 'organization' }],
    parts: [{ place: 'relay', model: 'model-here', zone: 'on-premises', upstream: 'own', tokens: 3 }],
    usage: { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 },
    finishReason: 'stop',
  });
  expect(events.filter((data) => data.includes('"usage":{') && !data.includes('orilla'))).toEqual([]);
  expect(upstream.seen[0]?.body.stream_options).toEqual({ include_usage: true });
});

test('a server that never tells its usage still gets a receipt written', async () => {
  const { stream } = await setUp(inParts(begin, chunk({ content: 'a' }, 'length'), done));
  const events = await eventsOf(await stream({}, { 'orilla-receipt': '1' }));
  expect(JSON.parse(events.at(-2) ?? '')).toMatchObject({
    object: 'chat.completion.chunk',
    model: 'model-here',
    choices: [],
    orilla: { receipt: { usage: null, finishReason: 'length' } },
  });
});

test('a whole answer carries the receipt beside its choices', async () => {
  const { stream } = await setUp(answerWell);
  const response = await stream({ stream: false }, { 'orilla-receipt': '1' });
  expect(await response.json()).toMatchObject({
    model: 'model-here',
    orilla: { receipt: { finishReason: 'stop', parts: [{ place: 'relay', tokens: 3 }] } },
  });
  expect((await stream({}, { 'orilla-receipt': 'yes' })).status).toBe(400);
});

/** Streams that go wrong: all that came before is passed on, then one error event, and no clean end. */
test.each<[string, (seen: SeenRequest) => void, string]>([
  [
    'an error event and then [DONE], as vLLM does',
    inParts(begin, event({ error: { message: 'engine died', code: 500 } }), done),
    'upstream_failed',
  ],
  ['an error that is a bare text', inParts(begin, event({ error: 'Internal Server Error' }), done), 'upstream_failed'],
  [
    'an error in the old flat shape',
    inParts(begin, event({ object: 'error', message: 'x', code: 500 }), done),
    'upstream_failed',
  ],
  ['an end without [DONE] and without a finish', inParts(begin), 'protocol.broken-stream'],
  ['[DONE] without a finish', inParts(begin, done), 'protocol.broken-stream'],
  [
    'a choice that was not asked for',
    inParts(begin, chunk({}, null, 1), chunk({}, 'stop', 0), done),
    'protocol.broken-stream',
  ],
  ['an event that is not JSON', inParts(begin, 'data: {"cho\n\n', chunk({}, 'stop'), done), 'protocol.broken-stream'],
  ['an event that is a number', inParts(begin, 'data: 7\n\n', chunk({}, 'stop'), done), 'protocol.broken-stream'],
  ['an event cut off by the end', inParts(begin, chunk({ content: 'a' }).slice(0, 40)), 'protocol.broken-stream'],
  [
    'a reset in the middle',
    ({ response }) => {
      startStream(response);
      response.write(begin, () => setTimeout(() => response.socket?.resetAndDestroy(), 20));
    },
    'protocol.broken-stream',
  ],
  [
    'a body that is cut off',
    ({ response }) => {
      startStream(response);
      response.write(begin, () => setTimeout(() => response.destroy(), 20));
    },
    'protocol.broken-stream',
  ],
])('%s', async (_name, answer, code) => {
  const { relay, stream } = await setUp(answer);
  const events = await eventsOf(await stream());
  expect(events[0]).toBe(here(begin));
  expect(events).not.toContain('[DONE]');
  const errors = events.filter((data) => data.startsWith('{"error"'));
  expect(errors).toEqual([events.at(-1)]);
  expect(JSON.parse(errors[0] ?? '').error).toMatchObject({ code, message: expect.any(String), param: null });
  expect(relay.logText()).toMatch(/"code":"(relay\.upstream-failed|protocol\.broken-stream)"/);
});

test('a server that goes silent in the middle is told as that', async () => {
  const { upstream, stream } = await setUp(
    ({ response }) => {
      startStream(response);
      response.write(begin);
    },
    { upstreamIdleTimeoutMs: 100 },
  );
  const events = await eventsOf(await stream());
  expect(JSON.parse(events.at(-1) ?? '').error.code).toBe('upstream_timeout');
  await upstream.seen[0]?.aborted;
});

test('a finished answer without [DONE] is complete', async () => {
  const { stream } = await setUp(inParts(begin, chunk({ content: 'a' }, 'stop')));
  expect((await eventsOf(await stream())).at(-1)).toBe('[DONE]');
});

test('a server that goes on after [DONE] is cut off, and the client has its end', async () => {
  const { upstream, stream } = await setUp(({ response }) => {
    startStream(response);
    response.write(begin + chunk({}, 'stop') + done);
    const timer = setInterval(() => response.write(chunk({ content: 'more' })), 5);
    response.on('close', () => clearInterval(timer));
  });
  const body = await (await stream()).text();
  expect(body.endsWith('data: [DONE]\n\n')).toBe(true);
  expect(body).not.toContain('more');
  await upstream.seen[0]?.aborted;
});

test('an upstream that answers a stream with one JSON document has failed; its error is told as the error it is', async () => {
  const whole = await setUp(({ response }) => sendJson(response, 200, { choices: [], model: 'x' }));
  expect((await whole.stream()).status).toBe(502);
  const error = await setUp(({ response }) => sendJson(response, 200, { error: { message: 'bad seed', code: 400 } }));
  const response = await error.stream();
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ error: { message: 'bad seed' } });
});
