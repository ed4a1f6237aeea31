import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ModelManifest, manifestSchema, OrillaError } from '@orilla/contract';
import type { LaunchedUpstream, UpstreamLauncher } from '@orilla/relay';
import { expect, onTestFinished, test } from 'vitest';
import { openRaw, rawPost } from './raw-connection.ts';
import { chatBody, eventually, postJson, startTestRelay } from './relay-under-test.ts';
import { answerWell, chunk, completion, done, sendJson, startStream, startUpstreamDouble } from './upstream-double.ts';

const path = '/v1/chat/completions';
const embedded = { modelPath: '/models/m.gguf', contextLength: 2048, threads: 1, sequences: 1 };
const embeddedUpstream = { name: 'inside', kind: 'embedded', embedded } as const;

const statusOf = async (url: string) => {
  const response = await fetch(url);
  return `${response.status} ${((await response.json()) as { status: string }).status}`;
};

/** A launcher whose upstreams are real servers on real unix domain sockets, in this process so that a test can end them. */
async function setUpLauncher() {
  const folder = await mkdtemp(join(tmpdir(), 'orilla-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const launched: (LaunchedUpstream & { readonly crash: () => void; isStopped: boolean })[] = [];
  const gate = Promise.withResolvers<void>();
  const launcher: UpstreamLauncher = async (config, { signal, log }) => {
    expect(config).toEqual({ ...embedded, name: 'inside' });
    log('info', 'loading');
    await gate.promise;
    signal.throwIfAborted();
    const server = createServer((_request, response) => sendJson(response, 200, completion));
    const socketPath = join(folder, `${launched.length}.sock`);
    server.listen(socketPath);
    await once(server, 'listening');
    const exited = once(server, 'close').then(() => undefined);
    const end = (): void => {
      server.closeAllConnections();
      server.close();
    };
    const entry = {
      socketPath,
      exited,
      isStopped: false,
      crash: end,
      stop: async () => {
        entry.isStopped = true;
        end();
        await exited;
      },
    };
    launched.push(entry);
    return entry;
  };
  return { launcher, launched, letIn: gate.resolve, fail: gate.reject };
}

test('listens at once; is ready once the launched upstream is, and answers through its socket', async () => {
  const { launcher, letIn, launched } = await setUpLauncher();
  const relay = await startTestRelay({ upstreams: [embeddedUpstream] }, { launchers: { embedded: launcher } });
  expect(await statusOf(`${relay.url}/healthz`)).toBe('200 ok');
  expect(await statusOf(`${relay.url}/readyz`)).toBe('503 starting');
  expect((await postJson(relay.url + path, chatBody)).status).toBe(503);
  letIn();
  await relay.ready;
  expect(await statusOf(`${relay.url}/readyz`)).toBe('200 ready');
  expect((await postJson(relay.url + path, chatBody)).status).toBe(200);
  await relay.close();
  expect(launched.map((entry) => entry.isStopped)).toEqual([true]);
  expect(relay.logText()).toContain('"text":"loading"');
});

test('an upstream that crashes is started again; until then the relay says that it is not ready', async () => {
  const { launcher, letIn, launched } = await setUpLauncher();
  letIn();
  const relay = await startTestRelay({ upstreams: [embeddedUpstream] }, { launchers: { embedded: launcher } });
  await relay.ready;
  launched[0]?.crash();
  await launched[0]?.exited;
  await eventually(() => statusOf(`${relay.url}/readyz`)).toBe('503 starting');
  expect((await postJson(relay.url + path, chatBody)).status).toBe(503);
  await eventually(() => statusOf(`${relay.url}/readyz`)).toBe('200 ready');
  expect((await postJson(relay.url + path, chatBody)).status).toBe(200);
  expect(relay.logText()).toContain('"event":"upstream-exited","upstream":"inside","nextStartMs":500');
});

test('one that never comes up is told to whoever waits, and is not tried again', async () => {
  const { launcher, fail, launched } = await setUpLauncher();
  const relay = await startTestRelay({ upstreams: [embeddedUpstream] }, { launchers: { embedded: launcher } });
  fail(new OrillaError('engine.load-failed', 'The model file is broken.'));
  await expect(relay.ready).rejects.toMatchObject({ code: 'engine.load-failed' });
  expect(await statusOf(`${relay.url}/readyz`)).toBe('503 starting');
  expect(launched).toEqual([]);
  expect(relay.logText()).toContain('"event":"upstream-not-started","upstream":"inside","code":"engine.load-failed"');
});

test('closing during the start ends the start', async () => {
  const { launcher, letIn } = await setUpLauncher();
  const relay = await startTestRelay({ upstreams: [embeddedUpstream] }, { launchers: { embedded: launcher } });
  const closing = relay.close();
  letIn();
  await closing;
  await expect(relay.ready).rejects.toMatchObject({ name: 'AbortError' });
});

test('an embedded upstream without a launcher is told before anything listens', async () => {
  await expect(startTestRelay({ upstreams: [embeddedUpstream] })).rejects.toMatchObject({
    code: 'relay.failed',
    message: expect.stringContaining('"inside"'),
    advice: expect.stringContaining('@orilla/embedded'),
  });
});

test('an address that is taken is told with what to do', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  await expect(startTestRelay({ listen: { host: '127.0.0.1', port } })).rejects.toMatchObject({
    code: 'relay.failed',
    message: expect.stringContaining('EADDRINUSE'),
  });
});

test('closing lets a stream finish, refuses new connections, and then is done', async () => {
  const upstream = await startUpstreamDouble(({ response }) => {
    startStream(response);
    response.write(chunk({ content: 'Par' }));
  });
  const relay = await startTestRelay({ upstreams: [{ name: 'own', url: upstream.url }] });
  const raw = await openRaw(relay.port);
  raw.send(rawPost(relay.port, path, JSON.stringify({ ...chatBody, stream: true })));
  await raw.until('"content":"Par"');
  let isClosed = false;
  const closing = relay.close().then(() => {
    isClosed = true;
  });
  await expect(fetch(`${relay.url}/healthz`)).rejects.toThrow();
  expect(isClosed).toBe(false);
  upstream.seen[0]?.response.end(chunk({ content: 'is.' }, 'stop') + done);
  const text = await raw.untilClosed();
  expect(text).toContain('"content":"is."');
  expect(text).toContain('data: [DONE]');
  await closing;
  expect(relay.logText()).toContain('"event":"closed","cut":0');
});

test('connections that were open before get their answers, are told that the relay is draining, and are closed', async () => {
  const upstream = await startUpstreamDouble(() => undefined);
  const relay = await startTestRelay({ upstreams: [{ name: 'own', url: upstream.url }] });
  const [asking, silent, probing] = [await openRaw(relay.port), await openRaw(relay.port), await openRaw(relay.port)];
  const coming = upstream.next();
  // Connections are taken in turn: with the last of them answered, the others are the relay's as well.
  const last = await openRaw(relay.port);
  last.send(rawPost(relay.port, path, JSON.stringify(chatBody)));
  const first = await coming;
  const comingNext = upstream.next();
  asking.send(rawPost(relay.port, path, JSON.stringify(chatBody)));
  const second = await comingNext;
  const closing = relay.close();
  silent.send(rawPost(relay.port, path, JSON.stringify(chatBody)));
  probing.send(`GET /readyz HTTP/1.1\r\nHost: 127.0.0.1:${relay.port}\r\n\r\n`);
  const refused = await silent.untilClosed();
  expect(refused).toMatch(/^HTTP\/1\.1 503 [\s\S]*\r\nConnection: close\r\n[\s\S]*"code":"server_overloaded"/);
  expect(refused).toContain('The relay is shutting down.');
  expect(await probing.untilClosed()).toMatch(
    /^HTTP\/1\.1 503 [\s\S]*\r\nConnection: close\r\n[\s\S]*{"status":"draining"}$/,
  );
  for (const { response } of [first, second]) sendJson(response, 200, completion);
  for (const raw of [asking, last]) expect(await raw.untilClosed()).toContain('Paris.');
  await closing;
  expect(upstream.seen).toHaveLength(2);
});

test('what is not finished at the deadline is cut off, at both ends', async () => {
  const upstream = await startUpstreamDouble(() => undefined);
  const relay = await startTestRelay({
    upstreams: [{ name: 'own', url: upstream.url }],
    limits: { drainTimeoutMs: 100 },
  });
  const coming = upstream.next();
  const asked = postJson(relay.url + path, chatBody);
  const seen = await coming;
  const expectation = expect(asked).rejects.toThrow();
  await relay.close();
  await expectation;
  await seen.aborted;
  expect(relay.logText()).toContain('"event":"closed","cut":1');
});

test('closing twice is closing once, and a signal closes, too', async () => {
  const stopping = new AbortController();
  const relay = await startTestRelay({}, { signal: stopping.signal });
  stopping.abort();
  await Promise.all([relay.close(), relay.close()]);
  expect(relay.logText().match(/"event":"closed"/g)).toHaveLength(1);
  await expect(startTestRelay({}, { signal: stopping.signal })).rejects.toMatchObject({ name: 'AbortError' });
});

test('a signal that aborts while the relay is about to listen closes it, too', async () => {
  const stopping = new AbortController();
  const starting = startTestRelay({}, { signal: stopping.signal });
  stopping.abort();
  const relay = await starting;
  await eventually(() => relay.logText()).toContain('"event":"closed","cut":0');
  await expect(fetch(`${relay.url}/healthz`)).rejects.toThrow();
});

test('more connections than the limit are refused and counted', async () => {
  const upstream = await startUpstreamDouble(answerWell);
  const relay = await startTestRelay({ upstreams: [{ name: 'own', url: upstream.url }], limits: { connections: 3 } });
  const open = await Promise.all([1, 2, 3].map(() => openRaw(relay.port)));
  const surplus = await openRaw(relay.port);
  await surplus.untilClosed();
  for (const raw of open) raw.vanish();
  await eventually(() =>
    postJson(relay.url + path, chatBody).then(
      ({ status }) => status,
      () => 0,
    ),
  ).toBe(200);
  await eventually(() => relay.logText()).toContain('"event":"connections-refused","count":1');
});

test('requests pressed into few connections meet the same limit', async () => {
  const upstream = await startUpstreamDouble(() => undefined);
  const relay = await startTestRelay({ upstreams: [{ name: 'own', url: upstream.url }], limits: { connections: 4 } });
  const raw = await openRaw(relay.port);
  raw.send(rawPost(relay.port, path, JSON.stringify(chatBody)).repeat(12));
  await eventually(() => upstream.seen.length).toBe(4);
  raw.vanish();
  await Promise.all(upstream.seen.map((seen) => seen.aborted));
  expect(upstream.seen).toHaveLength(4);
});

/** A folder with one model package, `p`, whose one file is larger than a socket's buffers. */
async function sampleMirror(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'orilla-mirror-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const content = Buffer.alloc(1024 * 1024, 'w');
  const sha256 = createHash('sha256').update(content).digest('hex');
  const manifest: ModelManifest = {
    schema: manifestSchema,
    id: 'p',
    engine: 'llamacpp',
    files: [{ path: 'f', bytes: content.length, sha256 }],
    contextLength: 1,
    memory: { weights: 1, kvPerToken: 1, scratch: 1 },
    license: 'Apache-2.0',
  };
  await mkdir(join(folder, 'p', 'files'), { recursive: true });
  await writeFile(join(folder, 'p', 'files', 'f'), content);
  await writeFile(join(folder, 'p', 'manifest.json'), JSON.stringify(manifest));
  return folder;
}

test.each([
  ['the limit of all connections', { connections: 4 }, 4],
  ['the limit of one connection', { connections: 256 }, 8],
])('files that are asked for on one connection without reading meet %s', async (_name, limits, most) => {
  const relay = await startTestRelay({ mirror: { folder: await sampleMirror() }, limits });
  const raw = await openRaw(relay.port);
  const ask = (path: string, more = '') => `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${relay.port}\r\n${more}\r\n`;
  raw.pause();
  raw.send(ask('/orilla/v1/models/p/files/f').repeat(40) + ask('/healthz', 'Connection: close\r\n'));
  expect(await statusOf(`${relay.url}/healthz`)).toBe('200 ok');
  raw.resume();
  const text = await raw.untilClosed();
  expect(text.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(most + 1);
  expect(text.match(/"code":"server_overloaded"/g)).toHaveLength(40 - most);
  expect(text).toMatch(/\{"status":"ok"\}$/);
});
