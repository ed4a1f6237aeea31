import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { chatBody, postJson, startTestRelay } from './relay-under-test.ts';
import { answerWell, completion, type SeenRequest, sendJson, startUpstreamDouble } from './upstream-double.ts';

const path = '/v1/chat/completions';

async function ask(answer: (seen: SeenRequest) => void, change: object = {}, limits = {}) {
  const upstream = await startUpstreamDouble(answer);
  const relay = await startTestRelay({ upstreams: [{ name: 'own', url: upstream.url }], limits });
  const response = await postJson(relay.url + path, { ...chatBody, ...change });
  const body: { error?: Record<string, unknown> } = await response.json();
  return { upstream, relay, response, body };
}

/** An address where nothing listens. */
async function closedAddress(): Promise<URL> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // a TCP server that listens has no other kind
  server.close();
  await once(server, 'close');
  return new URL(`http://127.0.0.1:${port}`);
}

const stoppedClock = { now: () => 0, date: () => new Date() };

const tooLong = "This model's maximum context length is 4096 tokens. However, you requested 9000 tokens.";

test.each<[string, number, unknown, number, Record<string, unknown>]>([
  [
    'a too long prompt at vLLM',
    400,
    { error: { message: tooLong, type: 'BadRequestError', param: 'input_tokens', code: 400 } },
    400,
    { code: 'context_length_exceeded', type: 'invalid_request_error', param: 'messages' },
  ],
  [
    'vLLM’s refusal of the relay',
    401,
    { error: 'Unauthorized' },
    502,
    { code: 'upstream_failed', type: 'server_error' },
  ],
  [
    'a schema error',
    400,
    { error: { message: 'temperature must be non-negative', type: 'Bad Request', param: 'temperature', code: 400 } },
    400,
    { code: 'relay.rejected', param: 'temperature', message: 'temperature must be non-negative' },
  ],
  [
    'the older flat error',
    400,
    { object: 'error', message: 'bad top_p', type: 'BadRequestError', param: 'top_p', code: 400 },
    400,
    { param: 'top_p', message: 'bad top_p' },
  ],
  [
    'a model that the upstream does not know',
    404,
    { error: { message: 'The model `/srv/m` does not exist.', param: 'model', code: 404 } },
    502,
    { code: 'upstream_failed' },
  ],
  [
    'a dead engine',
    500,
    { error: { message: 'EngineDeadError at /srv/x', code: 500 } },
    502,
    { code: 'upstream_failed' },
  ],
  [
    'a server that is still loading',
    503,
    { error: { code: 503, message: 'Loading model', type: 'unavailable_error' } },
    503,
    { code: 'server_overloaded' },
  ],
  ['something not implemented', 501, { error: { message: 'x', code: 501 } }, 501, { code: 'relay.not-implemented' }],
])('%s', async (_name, status, upstreamBody, ownStatus, error) => {
  const { response, body, relay } = await ask(({ response: answer }) => sendJson(answer, status, upstreamBody));
  expect(response.status).toBe(ownStatus);
  expect(body.error).toMatchObject(error);
  expect(Object.keys(body.error ?? {}).toSorted()).toEqual(['code', 'message', 'param', 'type']);
  expect(JSON.stringify(body)).not.toContain('/srv');
  expect(relay.logText()).toContain(`"upstreamStatus":${status}`);
});

test('an error page that is no JSON is told by its status, in stream and out of it', async () => {
  for (const stream of [true, false]) {
    const { response, body } = await ask(
      ({ response: answer }) => answer.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad Gateway</h1>'),
      { stream },
    );
    expect(response.status).toBe(502);
    expect(body.error).toMatchObject({ code: 'upstream_failed' });
  }
});

test('an error page without an end is not read to its end', async () => {
  const { response, upstream } = await ask(({ response: answer }) => {
    answer.writeHead(500);
    const timer = setInterval(() => answer.write('x'.repeat(50_000)), 1);
    answer.on('close', () => clearInterval(timer));
  });
  expect(response.status).toBe(502);
  await upstream.seen[0]?.aborted;
});

test('when to come back is passed on, where it is a plain number of seconds', async () => {
  const later = (value: string) =>
    ask(({ response: answer }) => answer.writeHead(429, { 'retry-after': value }).end('{}'));
  const { response } = await later('17');
  expect(response.status).toBe(429);
  expect(response.headers.get('retry-after')).toBe('17');
  expect((await later('soon')).response.headers.get('retry-after')).toBeNull();
});

test('a redirect is never followed', async () => {
  const other = await startUpstreamDouble(answerWell);
  const { response } = await ask(({ response: answer }) =>
    answer.writeHead(307, { location: `${other.url}v1/chat/completions` }).end(),
  );
  expect(response.status).toBe(502);
  expect(other.seen).toEqual([]);
});

test.each<[string, (seen: SeenRequest) => void]>([
  [
    'an answer that is no JSON',
    ({ response }) => response.writeHead(200, { 'content-type': 'application/json' }).end('{"cho'),
  ],
  ['an answer without choices', ({ response }) => sendJson(response, 200, { id: 'x' })],
  [
    'an answer with an empty list of choices',
    ({ response }) => sendJson(response, 200, { ...completion, choices: [] }),
  ],
  [
    'an answer that did not come to its end',
    ({ response }) =>
      sendJson(response, 200, { ...completion, choices: [{ ...completion.choices[0], finish_reason: null }] }),
  ],
  ['an answer that is a list', ({ response }) => sendJson(response, 200, [])],
  ['an empty success', ({ response }) => response.writeHead(204).end()],
  [
    'a compressed answer nobody asked for',
    ({ response }) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('x'),
  ],
  [
    'an answer shorter than it says',
    ({ response }) => response.writeHead(200, { 'content-length': 100 }).end('{}', () => response.destroy()),
  ],
  ['a connection closed without an answer', ({ response }) => response.destroy()],
  ['a connection reset without an answer', ({ response }) => response.socket?.resetAndDestroy()],
])('%s is a 502', async (_name, answer) => {
  const { response, body } = await ask(answer);
  expect(response.status).toBe(502);
  expect(body.error).toMatchObject({ code: 'upstream_failed', type: 'server_error' });
});

test('what is no HTTP is a 502', async () => {
  const server = createServer((socket) => socket.end('hello, this is SMTP\r\n')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo; // a TCP server that listens has no other kind
  const relay = await startTestRelay({ upstreams: [{ name: 'own', url: new URL(`http://127.0.0.1:${port}`) }] });
  expect((await postJson(relay.url + path, chatBody)).status).toBe(502);
});

test('a model server that never answers is a 504, and its connection is closed', async () => {
  const { response, body, upstream } = await ask(() => undefined, {}, { upstreamHeadersTimeoutMs: 100 });
  expect(response.status).toBe(504);
  expect(body.error).toMatchObject({ code: 'upstream_timeout' });
  await upstream.seen[0]?.aborted;
});

test('a failed attempt is not repeated: the model may have begun to work', async () => {
  const { upstream } = await ask(({ response }) => response.destroy());
  expect(upstream.seen).toHaveLength(1);
});

test('one that refuses connections is passed over for the next, at once and for a while', async () => {
  const second = await startUpstreamDouble(answerWell);
  let nowMs = 0;
  const relay = await startTestRelay(
    {
      upstreams: [
        { name: 'first', url: await closedAddress() },
        { name: 'second', url: second.url },
      ],
    },
    { clock: { now: () => nowMs, date: () => new Date() } },
  );
  const unreachable = () =>
    relay.logText().match(/"event":"upstream-unreachable","upstream":"first","reason":"ECONNREFUSED"/g)?.length;
  for (let turn = 0; turn < 3; turn++) expect((await postJson(relay.url + path, chatBody)).status).toBe(200);
  expect(unreachable()).toBe(1);
  nowMs = 10_000;
  expect((await postJson(relay.url + path, chatBody)).status).toBe(200);
  expect(unreachable()).toBe(2);
  expect(second.seen).toHaveLength(4);
});

test('the first that is up is asked, always', async () => {
  const [first, second] = [await startUpstreamDouble(answerWell), await startUpstreamDouble(answerWell)];
  const relay = await startTestRelay({
    upstreams: [
      { name: 'first', url: first.url },
      { name: 'second', url: second.url },
    ],
  });
  for (let turn = 0; turn < 3; turn++) await postJson(relay.url + path, chatBody);
  expect([first.seen.length, second.seen.length]).toEqual([3, 0]);
});

test('a privacy label is never stretched to find one that is up', async () => {
  const elsewhere = await startUpstreamDouble(answerWell);
  const relay = await startTestRelay(
    {
      upstreams: [
        { name: 'own', url: await closedAddress(), zone: 'on-premises' },
        { name: 'elsewhere', url: elsewhere.url, zone: 'public' },
      ],
    },
    { clock: stoppedClock },
  );
  for (const status of [502, 503]) expect((await postJson(relay.url + path, chatBody)).status).toBe(status);
  expect(elsewhere.seen).toEqual([]);
});

test('none that can be reached: 502 at first, then 503 with the time to come back', async () => {
  const own = { name: 'own', url: await closedAddress() };
  const relay = await startTestRelay({ upstreams: [own] }, { clock: stoppedClock });
  const first = await postJson(relay.url + path, chatBody);
  expect(first.status).toBe(502);
  expect(await first.json()).toMatchObject({ error: { code: 'upstream_unreachable' } });
  const second = await postJson(relay.url + path, chatBody);
  expect(second.status).toBe(503);
  expect(second.headers.get('retry-after')).toBe('2');
  expect(await second.json()).toMatchObject({ error: { code: 'relay.no-upstream' } });
});

test('a client never names an upstream: not by model, header or body', async () => {
  const upstream = await startUpstreamDouble(answerWell);
  const relay = await startTestRelay({
    upstreams: [{ name: 'own', url: upstream.url }],
    models: [{ name: 'model-here', upstreams: [{ upstream: 'own', model: 'model-there' }], contextLength: undefined }],
  });
  for (const model of ['model-there', 'own', 'own/model-there', upstream.url.href, '__proto__', 'constructor']) {
    expect((await postJson(relay.url + path, { ...chatBody, model })).status).toBe(404);
  }
  const headers = { 'x-upstream': 'http://10.0.0.1', 'x-portkey-custom-host': 'http://10.0.0.1' };
  expect((await postJson(relay.url + path, chatBody, { headers })).status).toBe(200);
  expect((await postJson(relay.url + path, { ...chatBody, api_base: 'http://10.0.0.1' })).status).toBe(400);
  expect(upstream.seen).toHaveLength(1);
});

test('an upstream may live below a path of its own', async () => {
  const upstream = await startUpstreamDouble(answerWell);
  const relay = await startTestRelay({ upstreams: [{ name: 'own', url: new URL('openai/', upstream.url) }] });
  await postJson(relay.url + path, chatBody);
  expect(upstream.seen[0]?.path).toBe('/openai/v1/chat/completions');
});

test('reasoning in a whole answer has one name, too', async () => {
  const message = { role: 'assistant', content: 'Paris.', reasoning: 'France …' };
  const { body } = await ask(({ response }) =>
    sendJson(response, 200, { ...completion, choices: [{ index: 0, message, finish_reason: 'stop' }] }),
  );
  expect(body).toMatchObject({
    choices: [{ message: { role: 'assistant', content: 'Paris.', reasoning_content: 'France …' } }],
  });
  expect(JSON.stringify(body)).not.toContain('"reasoning":');
});

test.each([
  ['floats from one that gives base64', 'float', 'AACAPwAAAMA=', [1, -2]],
  ['base64 from one that gives floats', 'base64', [1, -2], 'AACAPwAAAMA='],
  ['floats as they are', 'float', [0.1, 1e-9], [0.1, 1e-9]],
  ['base64 as it is', 'base64', 'AACAPwAAAMA=', 'AACAPwAAAMA='],
])('embeddings: %s', async (_name, encoding, given, gotten) => {
  const upstream = await startUpstreamDouble(({ response }) =>
    sendJson(response, 200, {
      object: 'list',
      model: 'x',
      data: [{ object: 'embedding', index: 0, embedding: given }],
    }),
  );
  const relay = await startTestRelay({ upstreams: [{ name: 'own', kind: 'vllm', url: upstream.url }] });
  const response = await postJson(`${relay.url}/v1/embeddings`, {
    model: 'model-here',
    input: 'a',
    encoding_format: encoding,
  });
  expect(await response.json()).toMatchObject({ model: 'model-here', data: [{ embedding: gotten }] });
  expect(upstream.seen[0]?.body).toEqual({ model: 'model-there', input: 'a', encoding_format: encoding });
});

test('embeddings that are none are a 502', async () => {
  for (const embedding of [null, { a: 1 }, ['x'], undefined]) {
    const upstream = await startUpstreamDouble(({ response }) => sendJson(response, 200, { data: [{ embedding }] }));
    const relay = await startTestRelay({ upstreams: [{ name: 'own', url: upstream.url }] });
    const body = { model: 'model-here', input: 'a', encoding_format: 'base64' };
    expect((await postJson(`${relay.url}/v1/embeddings`, body)).status).toBe(502);
  }
});
