import { expect, test } from 'vitest';
import { openRaw, rawPost } from './raw-connection.ts';
import { startTestRelay, testKey } from './relay-under-test.ts';
import { answerWell, type SeenRequest, sendJson, startUpstreamDouble } from './upstream-double.ts';

const origin = 'https://app.example.org';
const right = 'Authorization: Bearer sk-right';
const chat = '/v1/chat/completions';
const messages = [{ role: 'user', content: 'hi' }];

function answer(seen: SeenRequest): void {
  if (seen.body.seed === 429) seen.response.setHeader('retry-after', '7');
  if (typeof seen.body.seed === 'number') sendJson(seen.response, seen.body.seed, { error: { message: 'no' } });
  else answerWell(seen);
}

async function start() {
  const upstream = await startUpstreamDouble(answer);
  return startTestRelay({
    upstreams: [
      { name: 'own', url: upstream.url },
      { name: 'gone', url: new URL('http://127.0.0.1:1') },
    ],
    models: [
      { name: 'm', upstreams: [{ upstream: 'own', model: 'm' }], contextLength: undefined },
      { name: 'unreachable', upstreams: [{ upstream: 'gone', model: 'm' }], contextLength: undefined },
    ],
    keys: [testKey('tester', 'sk-right')],
    origins: [origin],
    limits: { bodyBytes: 2_000 },
  });
}

/** The answer's status and its headers as they were sent, names in lower case, each with all its values. */
function readHead(text: string) {
  const [statusLine = '', ...lines] = text.slice(0, text.indexOf('\r\n\r\n')).split('\r\n');
  const headers = Map.groupBy(lines, (line) => line.slice(0, line.indexOf(':')).toLowerCase());
  return {
    status: Number(statusLine.split(' ')[1]),
    values: (name: string) => headers.get(name)?.map((line) => line.slice(line.indexOf(':') + 1).trim()) ?? [],
    names: [...headers.keys()],
  };
}

const body = (fields: object) => JSON.stringify({ model: 'm', messages, ...fields });

test.each<[string, number, string, readonly string[], Record<string, string>]>([
  ['a whole answer', 200, body({}), [right], { 'orilla-place': 'relay', 'content-type': 'application/json' }],
  [
    'a stream',
    200,
    body({ stream: true }),
    [right],
    { 'orilla-upstream-zone': 'on-premises', 'content-type': 'text/event-stream; charset=utf-8' },
  ],
  ['an upstream’s error', 400, body({ seed: 400 }), [right], { 'orilla-upstream-zone': 'on-premises' }],
  ['an upstream’s error with its own time', 429, body({ seed: 429 }), [right], { 'retry-after': '7' }],
  ['an upstream’s overload', 503, body({ seed: 503 }), [right], { 'orilla-place': 'relay' }],
  ['an upstream that is gone', 502, body({ model: 'unreachable' }), [right], {}],
  ['an unknown model', 404, body({ model: 'none' }), [right], {}],
  ['a broken body', 400, '{', [right], {}],
  ['a body too large', 413, 'x'.repeat(3_000), [right], { connection: 'close' }],
  ['no key', 401, body({}), [], { 'www-authenticate': 'Bearer' }],
])('%s carries what every answer carries, once', async (_name, status, text, more, expected) => {
  const relay = await start();
  const raw = await openRaw(relay.port);
  raw.send(rawPost(relay.port, chat, text, [...more, `Origin: ${origin}`]));
  const head = readHead(await raw.until('\r\n\r\n'));
  expect(head.status).toBe(status);
  const [id] = head.values('orilla-request-id');
  expect(id).toMatch(/^[0-9a-f-]{36}$/);
  const shared = {
    'x-request-id': id,
    'x-content-type-options': 'nosniff',
    'access-control-allow-origin': origin,
    vary: 'Origin',
  };
  for (const [name, value] of Object.entries({ ...shared, ...expected })) expect(head.values(name)).toEqual([value]);
  for (const name of head.names) expect([name, head.values(name).length]).toEqual([name, 1]);
});

test('what is not forwarded carries it too: a list, a preflight, a wrong method, a path that is nowhere', async () => {
  const relay = await start();
  const ask = async (line: string, ...more: readonly string[]) => {
    const raw = await openRaw(relay.port);
    const host = `Host: 127.0.0.1:${relay.port}`;
    raw.send(`${[`${line} HTTP/1.1`, host, `Origin: ${origin}`, ...more].join('\r\n')}\r\n\r\n`);
    return readHead(await raw.until('\r\n\r\n'));
  };
  const heads = [
    await ask('GET /v1/models', right),
    await ask(`OPTIONS ${chat}`, 'Access-Control-Request-Method: POST'),
    await ask(`GET ${chat}`, right),
    await ask('GET /nowhere', right),
  ];
  expect(heads.map(({ status }) => status)).toEqual([200, 204, 405, 404]);
  for (const head of heads) {
    expect(head.values('x-content-type-options')).toEqual(['nosniff']);
    expect(head.values('access-control-allow-origin')).toEqual([origin]);
    expect(head.values('orilla-request-id')).toEqual(head.values('x-request-id'));
    for (const name of head.names) expect([name, head.values(name).length]).toEqual([name, 1]);
  }
  expect(heads[2]?.values('allow')).toEqual(['POST']);
});
