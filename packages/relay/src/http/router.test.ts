import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { defaultPrivacy } from '@orilla/contract';
import { expect, onTestFinished, test } from 'vitest';
import { anonymousPrincipal, createAuthenticate } from '../access/keys.ts';
import { defaultLimits } from '../config/default-limits.ts';
import { openMirror } from '../mirror/open-mirror.ts';
import type { RelayEvent } from './relay-log.ts';
import { relayRoutes } from './relay-routes.ts';
import type { Handler, Route } from './route-table.ts';
import { createRouter, type RouterOptions } from './router.ts';

const privacy = { ceiling: defaultPrivacy, default: defaultPrivacy };
const key = { name: 'tester', sha256: createHash('sha256').update('sk-right').digest(), ...privacy };

/** Every route of a relay on which everything is switched on. */
const log = () => undefined;
const mirror = await openMirror({ folder: '/nowhere' }, { log, now: () => performance.now() });
const everyRoute = relayRoutes(
  { app: { folder: '/nowhere', connect: [] }, catalog: { models: {} } },
  {
    ...{ models: new Map(), limits: defaultLimits, log, createdSeconds: 0, readiness: () => 'ready' as const },
    mirror,
  },
);

/** A path that the route answers. */
const pathOf = (route: Route) => route.path.replace('*', 'x');

async function serve(routes: readonly Route[], options: Partial<RouterOptions> = {}) {
  const events: RelayEvent[] = [];
  const anonymous = anonymousPrincipal(privacy);
  const hosts = new Set<string>();
  const router = createRouter({
    routes,
    hosts,
    origins: new Set(['https://app.example.org']),
    authenticate: createAuthenticate({ access: { keys: [key], cors: { origins: [] } }, privacy }, anonymous),
    anonymous,
    maxActive: 10,
    isDraining: () => false,
    log: (_level, event) => events.push(event),
    newId: () => 'id-1',
    now: () => performance.now(),
    ...options,
  });
  const server = createServer(router.handle).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo; // a TCP server that listens has no other kind
  hosts.add(`127.0.0.1:${port}`);
  const ask = (method: string, path: string, headers: Record<string, string> = {}, body = '') =>
    new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; text: string }>((resolve, reject) => {
      httpRequest({ port, host: '127.0.0.1', method, path, headers }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk) => {
          text += chunk;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
        response.on('error', reject);
      })
        .on('error', reject)
        .end(body);
    });
  return { ask, events, router };
}

/** The same routes, each telling that it was reached. */
function watched(routes: readonly Route[]) {
  const reached: string[] = [];
  const handle =
    (route: Route): Handler =>
    ({ response }) => {
      reached.push(route.path);
      response.end('reached');
    };
  return { reached, routes: routes.map((route) => ({ ...route, handle: handle(route) })) };
}

const good = { authorization: 'Bearer sk-right', 'content-type': 'application/json' };

test('the table holds what it should, and what is under /v1 needs a key', () => {
  expect(everyRoute.map(({ method, path, access }) => `${method} ${path} ${access}`)).toEqual([
    'POST /v1/chat/completions key',
    'POST /v1/completions key',
    'POST /v1/embeddings key',
    'GET /v1/models key',
    'GET /v1/models/* key',
    'GET /healthz probe',
    'GET /readyz probe',
    'GET /orilla/v1/catalog open',
    'GET /orilla/v1/models/* open',
    'GET /* open',
  ]);
});

test.each(everyRoute.map((route) => [`${route.method} ${route.path}`, route] as const))(
  '%s: no guard can be passed by',
  async (_name, route) => {
    const { reached, routes } = watched(everyRoute);
    const { ask } = await serve(routes);
    const path = pathOf(route);
    const refusals: [number, string, Record<string, string>][] = [
      [403, route.method, { ...good, origin: 'https://evil.example' }],
      [403, 'OPTIONS', { origin: 'https://evil.example', 'access-control-request-method': route.method }],
      [204, 'OPTIONS', { origin: 'https://app.example.org', 'access-control-request-method': route.method }],
      [route.path === '/*' ? 404 : 405, 'DELETE', good],
      [route.path === '/*' ? 404 : 405, 'OPTIONS', good],
    ];
    if (route.access !== 'probe') refusals.push([421, route.method, { ...good, host: 'evil.example' }]);
    if (route.access === 'key') {
      refusals.push([401, route.method, { 'content-type': 'application/json' }]);
      refusals.push([401, route.method, { ...good, authorization: 'Bearer sk-wrong' }]);
    }
    if (route.method === 'POST') refusals.push([415, 'POST', { ...good, 'content-type': 'text/plain' }]);
    for (const [status, method, headers] of refusals) {
      const answer = await ask(method, path, headers);
      expect([status, method, headers]).toEqual([answer.status, method, headers]);
      expect(answer.headers['orilla-request-id']).toBe('id-1');
      if (status >= 400) expect(JSON.parse(answer.text).error.type).toEqual(expect.any(String));
    }
    expect(reached).toEqual([]);
    expect((await ask(route.method, path, good)).text).toBe('reached');
    expect(reached).toEqual([route.path]);
  },
);

test.each([
  '/v1',
  '/v1/',
  '/v1/chat',
  '/v1/chat/completions/',
  '/v1//chat/completions',
  '/v1/chat%2Fcompletions',
  '/V1/chat/completions',
  '//v1/chat/completions',
  '/v1/../v1/chat/completions',
  '/v1/responses',
  '/v1/messages',
  '/v1/files',
  '/orilla/v1/admin',
  '/*',
])('%s is nowhere, also where an app is served at /', async (path) => {
  const api = everyRoute.filter((route) => route.path !== '/*');
  const { reached, routes } = watched(api);
  const { ask } = await serve(routes);
  const answer = await ask('POST', path, good);
  expect(answer.status).toBe(404);
  expect(JSON.parse(answer.text).error.code).toBe('unknown_route');
  expect((await ask('GET', path, good)).status).toBe(404);
  expect(reached).toEqual([]);
});

test.each(['/invocations', '/metrics', '/tokenize', '/pause', '/sleep', '/v1/score', '/inference/v1/generate'])(
  '%s, which a model server would serve without a key, is not forwarded',
  async (path) => {
    const { reached, routes } = watched(everyRoute.filter((route) => route.path !== '/*'));
    const { ask } = await serve(routes);
    expect((await ask('POST', path, good)).status).toBe(404);
    expect(reached).toEqual([]);
  },
);

test('an app at / does not answer for the API', async () => {
  const { reached, routes } = watched(everyRoute);
  const { ask } = await serve(routes);
  expect((await ask('GET', '/v1/nothing', good)).status).toBe(404);
  expect((await ask('GET', '/orilla/nothing', good)).status).toBe(404);
  expect((await ask('GET', '/some/page', good)).text).toBe('reached');
  expect(reached).toEqual(['/*']);
});

test('a target with a scheme and host of its own is nowhere', async () => {
  const { ask } = await serve(everyRoute.filter((route) => route.path !== '/*'));
  expect((await ask('GET', 'http://evil.example/v1/models', good)).status).toBe(404);
});

test('the wrong method is told together with the right ones', async () => {
  const { ask } = await serve(everyRoute);
  expect((await ask('GET', '/v1/chat/completions', good)).headers.allow).toBe('POST');
  expect((await ask('POST', '/v1/models', good)).headers.allow).toBe('GET, HEAD');
});

test('HEAD is answered like GET, without a body', async () => {
  const { ask } = await serve(everyRoute);
  const answer = await ask('HEAD', '/healthz');
  expect(answer).toMatchObject({ status: 200, text: '' });
  expect(answer.headers['content-length']).toBe('15');
});

test('the query is no part of the path, and reaches the handler', async () => {
  const seen: string[] = [];
  const route: Route = {
    method: 'GET',
    path: '/files/*',
    access: 'open',
    handle: ({ rest, query, response }) => {
      seen.push(rest, query);
      response.end();
    },
  };
  const { ask } = await serve([route]);
  await ask('GET', '/files/a%2Fb?c=/d?e');
  expect(seen).toEqual(['a%2Fb', '?c=/d?e']);
});

test('the longest prefix wins', async () => {
  const route = (path: string): Route => ({
    method: 'GET',
    path,
    access: 'open',
    handle: ({ response }) => void response.end(path),
  });
  const { ask } = await serve([route('/*'), route('/a/*'), route('/a/b/*'), route('/a/b/c')]);
  for (const [path, pattern] of [
    ['/x', '/*'],
    ['/a', '/*'],
    ['/a/x', '/a/*'],
    ['/a/b/x', '/a/b/*'],
    ['/a/b/c', '/a/b/c'],
  ] as const) {
    expect((await ask('GET', path)).text).toBe(pattern);
  }
});

test('a handler’s mistake is a 500 that tells nothing, and the log tells the place only', async () => {
  const failing = (handle: Handler): Route => ({ method: 'GET', path: '/fail', access: 'open', handle });
  const secret = new TypeError('secret prompt');
  for (const handle of [
    () => {
      throw secret;
    },
    () => Promise.reject(secret),
  ]) {
    const { ask, events } = await serve([failing(handle)]);
    const answer = await ask('GET', '/fail');
    expect(answer.status).toBe(500);
    expect(answer.text).not.toContain('secret');
    const [mistake, logged] = events;
    expect(mistake).toMatchObject({
      event: 'internal-error',
      requestId: 'id-1',
      name: 'TypeError',
      at: expect.stringContaining('router.test'),
    });
    expect(logged).toMatchObject({ event: 'request', status: 500, code: 'relay.failed', route: '/fail' });
    expect(JSON.stringify(events)).not.toContain('secret');
  }
});

test('an answer that has begun and fails is cut off, not completed', async () => {
  const handle: Handler = async ({ response }) => {
    response.writeHead(200, { 'content-length': 10 });
    response.write('half');
    throw new Error('gone');
  };
  const { ask } = await serve([{ method: 'GET', path: '/fail', access: 'open', handle }]);
  await expect(ask('GET', '/fail')).rejects.toThrow();
});

test('while draining, health still answers and the rest says when to come back', async () => {
  const { ask, router } = await serve(everyRoute, { isDraining: () => true });
  expect((await ask('GET', '/healthz')).status).toBe(200);
  const answer = await ask('GET', '/v1/models', good);
  expect(answer.status).toBe(503);
  expect(answer.headers).toMatchObject({ 'retry-after': '1', connection: 'close' });
  await expect.poll(router.active, { timeout: 5_000 }).toBe(0);
});

test('health is told to whoever asks by any name, and nothing else is', async () => {
  const { ask } = await serve(everyRoute);
  for (const host of ['10.1.2.3:8787', 'evil.example']) {
    expect(await ask('GET', '/healthz', { host })).toMatchObject({ status: 200, text: '{"status":"ok"}' });
    expect((await ask('GET', '/readyz', { host })).status).toBe(200);
    for (const path of ['/healthz/', '/healthz/x', '//healthz', '/nothing', '/v1/nothing', '/orilla/v1/catalog', '/']) {
      expect((await ask('GET', path, { host })).status).toBe(421);
    }
    expect((await ask('GET', '/healthz', { host, origin: 'https://evil.example' })).status).toBe(403);
  }
});

test('a relay that takes no more requests says so on every route but those that tell its health', async () => {
  const { ask } = await serve(everyRoute, { maxActive: 0 });
  for (const path of ['/v1/models', '/orilla/v1/catalog', '/orilla/v1/models/x', '/']) {
    expect(await ask('GET', path, good)).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
  }
  for (const path of ['/healthz', '/readyz']) expect((await ask('GET', path)).status).toBe(200);
});

test('logs name routes as they stand in the table, never what was asked for', async () => {
  const { ask, events } = await serve(everyRoute);
  await ask('GET', '/v1/models/secret-model?secret=1', good);
  await ask('GET', '/v1/secret', good);
  await expect.poll(() => events.length, { timeout: 5_000 }).toBe(2);
  expect(events).toMatchObject([
    {
      event: 'request',
      route: '/v1/models/*',
      status: 404,
      key: 'tester',
      code: 'catalog.unknown-model',
      isComplete: true,
    },
    { event: 'request', route: null, status: 404, key: null, code: 'protocol.unknown-route' },
  ]);
  expect(JSON.stringify(events)).not.toContain('secret');
});
