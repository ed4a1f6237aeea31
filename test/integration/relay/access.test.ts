import { request } from 'node:http';
import { expect, test } from 'vitest';
import { openRaw, rawPost } from './raw-connection.ts';
import { chatBody, postJson, startTestRelay, type TestConfig, testKey } from './relay-under-test.ts';
import { answerWell, startUpstreamDouble } from './upstream-double.ts';

const path = '/v1/chat/completions';
const listed = 'https://app.example.org';

async function setUp(config: TestConfig = {}) {
  const upstream = await startUpstreamDouble(answerWell);
  const relay = await startTestRelay({ upstreams: [{ name: 'own', url: upstream.url }], ...config });
  return { upstream, relay };
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** A request with headers that `fetch` would not let through, such as Host and Origin. */
function send(
  port: number,
  method: string,
  target: string,
  headers: Record<string, string>,
  body = '',
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ port, host: '127.0.0.1', method, path: target, headers }, async (response) => {
      let text = '';
      for await (const chunk of response.setEncoding('utf8')) text += chunk;
      resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
    });
    outgoing.on('error', reject).end(body);
  });
}

const json = { 'content-type': 'application/json' };
const chat = JSON.stringify(chatBody);

test('without keys: a page of another origin, a rebound Host and a simple form get nothing', async () => {
  const { upstream, relay } = await setUp();
  const { port } = relay;
  const foreign = await send(port, 'POST', path, { ...json, origin: 'https://evil.example' }, chat);
  expect(foreign.status).toBe(403);
  expect(foreign.headers['access-control-allow-origin']).toBeUndefined();
  const rebound = await send(port, 'POST', path, { ...json, host: `evil.example:${port}` }, chat);
  expect(rebound.status).toBe(421);
  const both = { ...json, host: `evil.example:${port}`, origin: `http://evil.example:${port}` };
  expect((await send(port, 'POST', path, both, chat)).status).toBe(421);
  expect((await send(port, 'POST', path, { 'content-type': 'text/plain' }, chat)).status).toBe(415);
  expect((await send(port, 'POST', path, { ...json, origin: 'null' }, chat)).status).toBe(403);
  expect((await send(port, 'POST', path, { ...json, 'sec-fetch-site': 'cross-site' }, chat)).status).toBe(403);
  expect((await send(port, 'GET', '/v1/models', { 'sec-fetch-site': 'same-site' })).status).toBe(403);
  expect(upstream.seen).toEqual([]);
  for (const answer of [foreign, rebound])
    expect(JSON.parse(answer.text)).toMatchObject({ error: { type: expect.any(String) } });
});

test('the relay’s own page and programs without an Origin are answered', async () => {
  const { relay } = await setUp();
  const { port } = relay;
  for (const headers of [
    {},
    { origin: `http://127.0.0.1:${port}` },
    { 'sec-fetch-site': 'same-origin' },
    { 'sec-fetch-site': 'none' },
  ]) {
    expect((await send(port, 'POST', path, { ...json, ...headers }, chat)).status).toBe(200);
  }
  const otherName = { ...json, host: `localhost:${port}`, origin: `http://localhost:${port}` };
  expect((await send(port, 'POST', path, otherName, chat)).status).toBe(200);
});

test.each([
  ['another scheme', (port: number) => `https://127.0.0.1:${port}`],
  ['another port', () => 'http://127.0.0.1:1'],
  ['another name of the same machine', (port: number) => `http://localhost:${port}`],
])('%s is another origin', async (_name, origin) => {
  const { relay } = await setUp();
  expect((await send(relay.port, 'POST', path, { ...json, origin: origin(relay.port) }, chat)).status).toBe(403);
});

test('a listed origin may read the answer and the headers that it needs', async () => {
  const { relay } = await setUp({ origins: [listed] });
  const answer = await send(
    relay.port,
    'POST',
    path,
    { ...json, origin: listed, 'sec-fetch-site': 'cross-site' },
    chat,
  );
  expect(answer.status).toBe(200);
  expect(answer.headers).toMatchObject({
    'access-control-allow-origin': listed,
    'access-control-expose-headers': expect.stringMatching(
      /Orilla-Request-Id.*Orilla-Upstream-Zone.*Retry-After.*X-Request-Id/,
    ),
    vary: 'Origin',
    'orilla-place': 'relay',
    'orilla-upstream-zone': 'on-premises',
  });
  expect(answer.headers['access-control-allow-credentials']).toBeUndefined();
  const error = await send(relay.port, 'POST', path, { ...json, origin: listed }, '{');
  expect(error.status).toBe(400);
  expect(error.headers['access-control-allow-origin']).toBe(listed);
  expect((await send(relay.port, 'GET', '/v1/models', {})).headers.vary).toBe('Origin');
});

test('a preflight of a listed origin allows what OpenAI’s clients send, by name and by prefix, and nothing else', async () => {
  const { upstream, relay } = await setUp({ origins: [listed], keys: [testKey('tester', 'sk-right')] });
  const asked = 'authorization, content-type, orilla-privacy, x-stainless-lang, traceparent, x-evil, orilla-';
  const preflight = {
    origin: listed,
    'access-control-request-method': 'POST',
    'access-control-request-headers': asked,
    'access-control-request-private-network': 'true',
  };
  const answer = await send(relay.port, 'OPTIONS', path, preflight);
  expect(answer.status).toBe(204);
  expect(answer.headers).toMatchObject({
    'access-control-allow-origin': listed,
    'access-control-allow-methods': 'POST',
    'access-control-allow-headers':
      'authorization, content-type, orilla-privacy, x-stainless-lang, traceparent, orilla-',
    'access-control-allow-private-network': 'true',
    'access-control-max-age': '600',
    vary: expect.stringContaining('Origin'),
  });
  const foreign = await send(relay.port, 'OPTIONS', path, { ...preflight, origin: 'https://evil.example' });
  expect(foreign.status).toBe(403);
  expect(foreign.headers['access-control-allow-origin']).toBeUndefined();
  expect((await send(relay.port, 'OPTIONS', '/v1/nothing', preflight)).status).toBe(404);
  expect(upstream.seen).toEqual([]);
});

test('a header that decides something may not stand twice', async () => {
  const { upstream, relay } = await setUp({ keys: [testKey('tester', 'sk-right')] });
  for (const [headers, code] of [
    [['Authorization: Bearer sk-wrong', 'Authorization: Bearer sk-right'], 'invalid_request'],
    [['Host: 127.0.0.1'], 'invalid_request'],
    [['Orilla-Privacy: label=organization', 'Orilla-Privacy: zones=("on-premises")'], 'invalid_privacy'],
  ] as const) {
    const raw = await openRaw(relay.port);
    raw.send(rawPost(relay.port, path, chat, [...headers, 'Connection: close']));
    const text = await raw.untilClosed();
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
    expect(text).toContain(`"code":"${code}"`);
  }
  expect(upstream.seen).toEqual([]);
});

test('keys: bearer or x-api-key, each by itself', async () => {
  const { upstream, relay } = await setUp({ keys: [testKey('a', 'sk-a'), testKey('b', 'sk-b')] });
  const ask = (headers: Record<string, string>) => send(relay.port, 'POST', path, { ...json, ...headers }, chat);
  for (const good of [
    { authorization: 'Bearer sk-a' },
    { authorization: 'bearer sk-b' },
    { 'x-api-key': 'sk-b' },
    { authorization: 'Bearer sk-a', 'x-api-key': 'sk-a' },
  ]) {
    expect((await ask(good)).status).toBe(200);
  }
  expect(upstream.seen.every(({ headers }) => headers.authorization === undefined && !('x-api-key' in headers))).toBe(
    true,
  );
  for (const bad of [
    {},
    { authorization: '' },
    { authorization: 'Bearer ' },
    { authorization: 'Basic c2stYQ==' },
    { authorization: 'sk-a' },
    { authorization: 'Bearer sk-c' },
    { 'x-api-key': '' },
    { 'x-api-key': 'sk-a ' + 'x' },
    { authorization: 'Bearer sk-a', 'x-api-key': 'sk-b' },
    { authorization: 'Basic c2stYQ==', 'x-api-key': 'sk-a' },
  ]) {
    const answer = await ask(bad);
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toBe('Bearer');
    expect(JSON.parse(answer.text).error).toMatchObject({ code: 'invalid_api_key', type: 'authentication_error' });
  }
  expect(upstream.seen).toHaveLength(4);
  expect(relay.logText()).toContain('"key":"a"');
  expect(relay.logText()).not.toContain('sk-');
});

test('a key’s hash is no key', async () => {
  const key = testKey('a', 'sk-a');
  const { relay } = await setUp({ keys: [key] });
  for (const hash of [key.sha256.toString('hex'), key.sha256.toString('base64')]) {
    const answer = await send(relay.port, 'POST', path, { ...json, authorization: `Bearer ${hash}` }, chat);
    expect(answer.status).toBe(401);
  }
});

test('an upstream’s own key is sent to it, whatever the client sends', async () => {
  const upstream = await startUpstreamDouble(answerWell);
  const relay = await startTestRelay({ upstreams: [{ name: 'own', url: upstream.url, apiKey: 'upstream-key' }] });
  const headers = { authorization: 'Bearer client-key', 'x-forwarded-for': '1.2.3.4', cookie: 'a=b' };
  expect((await postJson(relay.url + path, chatBody, { headers })).status).toBe(200);
  const [seen] = upstream.seen;
  expect(seen?.headers.authorization).toBe('Bearer upstream-key');
  expect(Object.keys(seen?.headers ?? {}).toSorted()).toEqual([
    'accept',
    'authorization',
    'connection',
    'content-length',
    'content-type',
    'host',
    'x-request-id',
  ]);
});

test('each key has its own secret cache salt at vLLM, and none anywhere else', async () => {
  const upstream = await startUpstreamDouble(answerWell);
  const relay = await startTestRelay({
    upstreams: [{ name: 'own', kind: 'vllm', url: upstream.url }],
    keys: [testKey('a', 'sk-a'), testKey('b', 'sk-b')],
  });
  const ask = async (key: string) => {
    const headers = { authorization: `Bearer ${key}` };
    await postJson(relay.url + path, { ...chatBody, cache_salt: 'chosen' }, { headers });
    return upstream.seen.at(-1)?.body.cache_salt;
  };
  const [first, again, other] = [await ask('sk-a'), await ask('sk-a'), await ask('sk-b')];
  expect(first).toMatch(/^[\w-]{43}$/);
  expect(again).toBe(first);
  expect(other).not.toBe(first);
});
