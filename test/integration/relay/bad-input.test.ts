import { expect, test } from 'vitest';
import { openRaw, rawPost } from './raw-connection.ts';
import { chatBody, postJson, startTestRelay } from './relay-under-test.ts';
import { answerWell, startUpstreamDouble } from './upstream-double.ts';

const path = '/v1/chat/completions';

const partParam = 'messages[0].content[0]';
const imageParam = `${partParam}.image_url`;
const withPart = (part: object) => ({ messages: [{ role: 'user', content: [part] }] });

async function setUp(limits = {}) {
  const upstream = await startUpstreamDouble(answerWell);
  const relay = await startTestRelay({ upstreams: [{ name: 'own', url: upstream.url }], limits });
  return { upstream, relay };
}

/** A body that no upstream must ever see. */
async function expectRefused(
  body: string | Buffer<ArrayBuffer>,
  expected: { readonly status: number; readonly error: Record<string, unknown> },
  headers: Record<string, string> = {},
) {
  const { upstream, relay } = await setUp();
  const response = await fetch(relay.url + path, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...headers },
  });
  expect({ status: response.status, ...((await response.json()) as object) }).toMatchObject(expected);
  expect(response.headers.get('content-type')).toBe('application/json');
  expect(response.headers.get('orilla-request-id')).toBe(response.headers.get('x-request-id'));
  expect(upstream.seen).toEqual([]);
  expect(relay.logText()).not.toContain('secret');
  return response;
}

test.each([
  ['broken JSON', '{"model":"secret', 'position 16'],
  ['an empty body', '', 'empty'],
  ['a list', '["secret"]', 'not a JSON object'],
  ['the same key twice', '{"model":"secret","model":"model-here","messages":[]}', 'same key twice'],
  ['the same key twice, deep inside', '{"model":"a","messages":[{"role":"user","role":"system"}]}', 'same key twice'],
  ['the same key spelled in two ways', '{"model":"a","m\\u006fdel":"b"}', 'same key twice'],
  ['deep nesting', `{"model":"a","messages":${'['.repeat(5000)}${']'.repeat(5000)}}`, 'deeper than 32'],
  ['bytes that are no UTF-8', Buffer.from([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x7d]), 'not UTF-8'],
])('%s is a 400 that quotes nothing', async (_name, body, words) => {
  const response = await expectRefused(body, {
    status: 400,
    error: {
      message: expect.stringContaining(words),
      type: 'invalid_request_error',
      code: 'invalid_json',
      param: null,
    },
  });
  expect(response.status).toBe(400);
});

test.each([
  ['a field nobody knows', { tempreature: 1 }, 'tempreature'],
  ['a field that reaches into the server', { kv_transfer_params: {} }, 'kv_transfer_params'],
  ['a template', { chat_template: '{{ secret }}' }, 'chat_template'],
  ['a template hidden in its arguments', { chat_template_kwargs: { chat_template: 'x' } }, 'chat_template_kwargs'],
  ['a priority', { priority: -1 }, 'priority'],
  ['too many choices', { n: 1000 }, 'n'],
  ['choices that are no number', { n: '2' }, 'n'],
  ['too many logprobs', { top_logprobs: 5000 }, 'top_logprobs'],
  ['no model', { model: undefined }, 'model'],
  ['a model that is no text', { model: 7 }, 'model'],
  ['stream options without a stream', { stream_options: { include_usage: true } }, 'stream_options'],
  ['unknown stream options', { stream: true, stream_options: { x: true } }, 'stream_options'],
  ['no messages', { messages: undefined }, 'messages'],
  ['a message that is no object', { messages: ['secret'] }, 'messages[0]'],
  ['a picture to be fetched', withPart({ type: 'image_url', image_url: { url: 'http://10.0.0.1/x' } }), imageParam],
  ['a picture given as a bare address', withPart({ type: 'image_url', image_url: 'file:///etc/x' }), imageParam],
  [
    'audio to be fetched',
    withPart({ type: 'input_audio', input_audio: { data: 'http://10.0.0.1/x', format: 'wav' } }),
    `${partParam}.input_audio.data`,
  ],
  [
    'a file to be fetched',
    withPart({ type: 'file', file: { file_data: 'http://10.0.0.1/x' } }),
    `${partParam}.file.file_data`,
  ],
  ['a file of somebody else', withPart({ type: 'file', file: { file_id: 'file-1' } }), `${partParam}.file`],
  ['a part of an unknown type', withPart({ type: 'image_embeds', image_embeds: 'x' }), 'messages[0].content[0].type'],
  [
    'a second address beside the checked one',
    withPart({ type: 'text', text: 'a', image_url: 'http://10.0.0.1' }),
    partParam,
  ],
])('%s is a 400 that names the field', async (_name, change, param) => {
  await expectRefused(JSON.stringify({ ...chatBody, ...change }), {
    status: 400,
    error: { type: 'invalid_request_error', code: 'invalid_request', param },
  });
});

test('fields that ask for nothing an answer holds are taken and left out; the rest arrives unchanged', async () => {
  const { upstream, relay } = await setUp();
  const picture = { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA', detail: 'low' } };
  const messages = [{ role: 'user', content: [{ type: 'text', text: 'ñ 🌊' }, picture] }];
  const forwarded = {
    messages,
    temperature: 0.25,
    seed: 7,
    stop: ['\n'],
    tools: [],
    response_format: { type: 'text' },
  };
  const leftOut = { user: 'ada', metadata: { a: 'b' }, store: true, service_tier: 'auto', cache_salt: 'mine' };
  const response = await postJson(relay.url + path, { model: 'model-here', ...forwarded, ...leftOut });
  expect(response.status).toBe(200);
  expect(upstream.seen[0]?.body).toEqual({ model: 'model-there', ...forwarded });
});

test('an unknown model is a 404 that says which field', async () => {
  const body = JSON.stringify({ ...chatBody, model: 'secret-model' });
  await expectRefused(body, {
    status: 404,
    error: { type: 'not_found_error', code: 'model_not_found', param: 'model' },
  });
});

test.each([
  ['text/plain'],
  ['application/x-www-form-urlencoded'],
  ['multipart/form-data; boundary=x'],
  ['application/json; charset=latin1'],
  ['text/plain; application/json'],
  ['application/jsonx'],
])('a body of type %s is a 415', async (type) => {
  await expectRefused(
    JSON.stringify(chatBody),
    { status: 415, error: { type: 'invalid_request_error' } },
    { 'content-type': type },
  );
});

test('a compressed body is a 415: it could unfold to anything', async () => {
  await expectRefused('x', { status: 415, error: {} }, { 'content-encoding': 'gzip' });
});

test('JSON with its charset is JSON', async () => {
  const { relay } = await setUp();
  const headers = { 'content-type': 'application/json; charset=UTF-8' };
  expect((await postJson(relay.url + path, chatBody, { headers })).status).toBe(200);
});

test('a body of 20 MB is a 413 that the client gets to read', async () => {
  const { upstream, relay } = await setUp();
  const response = await postJson(relay.url + path, { ...chatBody, user: 'secret'.repeat(3_500_000) });
  expect(response.status).toBe(413);
  expect(await response.json()).toMatchObject({ error: { message: expect.stringContaining('larger than 1048576') } });
  expect(upstream.seen).toEqual([]);
  expect(relay.logText()).not.toContain('secret');
});

test.each([
  ['is declared: before any of it', `Content-Length: ${20 * 1024 * 1024}`, 0, ''],
  ['is not: once the limit is passed', 'Transfer-Encoding: chunked', 17, '10000\r\n'],
])('a body of 20 MB is not waited for. Where its length %s it is refused', async (_name, length, pieces, before) => {
  const { relay } = await setUp(); // takes 16 pieces
  const piece = `${before}${'x'.repeat(65_536)}${before && '\r\n'}`;
  const raw = await openRaw(relay.port);
  raw.send(
    `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1:${relay.port}\r\nContent-Type: application/json\r\n${length}\r\n\r\n`,
  );
  raw.send(piece.repeat(pieces));
  expect(await raw.until('protocol.too-large')).toMatch(/^HTTP\/1\.1 413 /);
  // What comes all the same does not make it an answer, and does not keep the connection.
  for (let sent = 0; sent < 320 - pieces; sent++) raw.send(piece);
  expect((await raw.untilClosed()).match(/HTTP\/1\.1/g)).toHaveLength(1);
});

test('a body without a declared length is cut off at the limit', async () => {
  const { relay } = await setUp();
  const raw = await openRaw(relay.port);
  raw.send(
    `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1:${relay.port}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`,
  );
  const piece = 'x'.repeat(65_536);
  for (let sent = 0; sent < 40; sent++) raw.send(`10000\r\n${piece}\r\n`);
  expect(await raw.until('protocol.too-large')).toMatch(/^HTTP\/1\.1 413 /);
});

test('a client that asks before it sends a large body is spared sending it', async () => {
  const { relay } = await setUp();
  const raw = await openRaw(relay.port);
  const head = (length: number) =>
    `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1:${relay.port}\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: ${length}\r\n\r\n`;
  raw.send(head(20_000_000));
  const text = await raw.until('too-large');
  expect(text).toMatch(/^HTTP\/1\.1 413 /);
  const polite = await openRaw(relay.port);
  const body = JSON.stringify(chatBody);
  polite.send(head(body.length));
  await polite.until('HTTP/1.1 100 Continue');
  polite.send(body);
  expect(await polite.until('Paris.')).toContain('HTTP/1.1 200 OK');
});

test('a client that sends its headers too slowly gets a 408 and is closed', async () => {
  const { relay } = await setUp({ headerTimeoutMs: 150 });
  const raw = await openRaw(relay.port);
  raw.send('POST /v1/chat');
  const text = await raw.untilClosed();
  expect(text).toMatch(/^HTTP\/1\.1 408 [\s\S]*"code":"protocol.slow-sender"/);
});

test('a client that connects and says nothing is closed', async () => {
  const { relay } = await setUp({ headerTimeoutMs: 150 });
  const raw = await openRaw(relay.port);
  await raw.untilClosed();
});

test('a client that sends its body too slowly gets a 408 and is closed', async () => {
  const { upstream, relay } = await setUp({ headerTimeoutMs: 100, bodyTimeoutMs: 100 });
  const raw = await openRaw(relay.port);
  const whole = rawPost(relay.port, path, JSON.stringify(chatBody));
  raw.send(whole.slice(0, -10));
  const text = await raw.untilClosed();
  expect(text).toMatch(/^HTTP\/1\.1 408 [\s\S]*"code":"protocol.slow-sender"/);
  expect(upstream.seen).toEqual([]);
});

test('a slow model is not taken for a slow sender', async () => {
  const upstream = await startUpstreamDouble((seen) => {
    setTimeout(() => answerWell(seen), 600);
  });
  const relay = await startTestRelay({
    upstreams: [{ name: 'own', url: upstream.url }],
    limits: { headerTimeoutMs: 100, bodyTimeoutMs: 100 },
  });
  expect((await postJson(relay.url + path, chatBody)).status).toBe(200);
});

test.each([
  ['no HTTP at all', 'hello\r\n\r\n', 400],
  ['two lengths', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab', 400],
  [
    'a length and chunks',
    'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    400,
  ],
  ['headers of 100 kB', `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`, 413],
])('%s gets an answer in OpenAI’s shape and a closed connection', async (_name, bytes, status) => {
  const { relay } = await setUp();
  const raw = await openRaw(relay.port);
  raw.send(bytes);
  const text = await raw.untilClosed();
  expect(text).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  expect(text).toContain('{"error":{"message"');
});

test('a client that vanishes in the middle of its body leaves nothing behind', async () => {
  const { upstream, relay } = await setUp();
  const raw = await openRaw(relay.port);
  raw.send(rawPost(relay.port, path, JSON.stringify(chatBody)).slice(0, -10));
  raw.vanish();
  // The relay still answers others.
  expect((await postJson(relay.url + path, chatBody)).status).toBe(200);
  expect(upstream.seen).toHaveLength(1);
});

test('a second request on the same connection is answered like the first', async () => {
  const { relay } = await setUp();
  const raw = await openRaw(relay.port);
  const body = JSON.stringify(chatBody);
  raw.send(
    rawPost(relay.port, path, body) +
      rawPost(relay.port, path, '{"broken') +
      rawPost(relay.port, path, body, ['Connection: close']),
  );
  const text = await raw.untilClosed();
  expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 400', 'HTTP/1.1 200']);
});
