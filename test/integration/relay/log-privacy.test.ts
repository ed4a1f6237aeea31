import { expect, test } from 'vitest';
import { openRaw, rawPost } from './raw-connection.ts';
import { postJson, startTestRelay, testKey } from './relay-under-test.ts';
import {
  answerWell,
  chunk,
  event,
  type SeenRequest,
  sendJson,
  startStream,
  startUpstreamDouble,
} from './upstream-double.ts';

/** Stands in every place where something private can stand. */
const secret = 'Zanzibar';
const path = '/v1/chat/completions';

/** A model server that repeats the prompt in all it says, also in its errors and headers. */
function echo({ body, response, path: target }: SeenRequest): void {
  const text = JSON.stringify(body);
  switch (body.seed) {
    case 1:
      sendJson(response, 400, { error: { message: text.slice(0, 500), type: secret, param: secret, code: secret } });
      return;
    case 2:
      sendJson(response, 500, { error: text });
      return;
    case 3:
      startStream(response);
      response.end(chunk({ content: text }) + event({ error: { message: text, type: secret, code: secret } }));
      return;
    case 4:
      startStream(response);
      response.end(`${chunk({ content: text })}data: ${secret} {\n\n`);
      return;
    case 5:
      response.writeHead(200, { 'content-type': 'application/json', 'x-echo': secret }).end(`{"${secret}`);
      return;
    case 6:
      response.socket?.end(`${secret}\r\n\r\n`);
      return;
    case 7:
      startStream(response);
      response.write(chunk({ content: text }), () => response.destroy());
      return;
    default:
      answerWell({ body, response, path: target } as SeenRequest); // it looks at nothing else
  }
}

test('nothing of prompts, answers, keys, headers or paths reaches the log, whatever goes wrong', async () => {
  const upstream = await startUpstreamDouble(echo);
  const config = {
    upstreams: [{ name: 'own', kind: 'vllm', url: upstream.url, apiKey: `upstream-${secret}` }],
    keys: [testKey('tester', `sk-${secret}`)],
  } as const;
  const relay = await startTestRelay(config);
  // For senders that are too slow on purpose; on a busy machine others might be, too.
  const strict = await startTestRelay({ ...config, limits: { headerTimeoutMs: 100, bodyTimeoutMs: 100 } });
  const headers = {
    authorization: `Bearer sk-${secret}`,
    'user-agent': secret,
    'x-request-id': secret,
    traceparent: secret,
    cookie: secret,
  };
  const prompt = { model: 'model-here', messages: [{ role: 'user', content: secret }] };
  const ask = (body: object, more: Record<string, string> = {}, target = path) =>
    postJson(relay.url + target, body, { headers: { ...headers, ...more } }).then((response) => response.text());

  for (const stream of [true, false]) for (let seed = 0; seed <= 7; seed++) await ask({ ...prompt, stream, seed });
  await ask({ ...prompt, model: secret });
  await ask({ ...prompt, [secret]: 1 });
  await ask({ ...prompt, n: secret });
  await ask({ ...prompt, messages: [{ role: 'user', content: [{ type: secret }] }] });
  await ask({ ...prompt, orilla: { privacy: { label: secret } } });
  await ask(prompt, { 'orilla-privacy': secret });
  await ask(prompt, { 'orilla-receipt': secret });
  await ask(prompt, { authorization: `Bearer ${secret}` });
  await ask(prompt, { origin: `https://${secret}.example` });
  await ask(prompt, {}, `/v1/${secret}?${secret}`);
  await ask({ model: 'model-here', input: secret }, {}, '/v1/embeddings');
  await ask({ ...prompt, padding: secret.repeat(200_000) });
  const key = `Authorization: Bearer sk-${secret}`;
  for (const [{ port }, bytes] of [
    [relay, rawPost(relay.port, path, `{"${secret}`, [key, 'Connection: close'])],
    [strict, rawPost(strict.port, path, `{"${secret}":1}`, [key]).slice(0, -3)],
    [relay, `${secret} / ${secret}\r\n\r\n`],
    [strict, `GET /${secret} HTTP/1.1\r\n${secret}`],
    [relay, `GET / HTTP/1.1\r\nHost: ${secret}\r\nConnection: close\r\n\r\n`],
  ] as const) {
    const raw = await openRaw(port);
    raw.send(bytes);
    await raw.untilClosed();
  }
  await Promise.all([relay.close(), strict.close()]);

  const log = relay.logText() + strict.logText();
  // Salts are the relay's own secret.
  const salt = String(upstream.seen[0]?.body.cache_salt);
  expect(salt.length).toBeGreaterThan(20);
  for (const word of [
    secret,
    secret.toLowerCase(),
    salt,
    'Paris',
    'model-here',
    'model-there',
    'sk-',
    'Bearer',
    upstream.url.port,
  ]) {
    expect(log).not.toContain(word);
  }
  expect(log).not.toContain('internal-error');
  // And it does tell what is needed to run the relay.
  const lines = log
    .trim()
    .split('\n')
    .map((line): Record<string, unknown> => JSON.parse(line));
  const requests = lines.filter((line) => line.event === 'request');
  expect(requests.length).toBeGreaterThanOrEqual(28);
  for (const line of requests) {
    expect(Object.keys(line).toSorted()).toEqual([
      'code',
      'event',
      'hostname',
      'isComplete',
      'key',
      'level',
      'ms',
      'pid',
      'requestId',
      'route',
      'status',
      'time',
      'upstream',
      'upstreamStatus',
    ]);
  }
  const codes = new Set(requests.map((line) => line.code));
  expect([...codes]).toEqual(
    expect.arrayContaining([
      null,
      'relay.rejected',
      'relay.upstream-failed',
      'protocol.broken-stream',
      'relay.unauthorized',
      'protocol.bad-json',
      'protocol.too-large',
    ]),
  );
});
