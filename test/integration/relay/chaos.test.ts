import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openRaw, rawPost } from './raw-connection.ts';
import { chatBody, eventually, postJson, startTestRelay } from './relay-under-test.ts';
import {
  answerWell,
  chunk,
  done,
  type SeenRequest,
  sendJson,
  startStream,
  startUpstreamDouble,
} from './upstream-double.ts';

const path = '/v1/chat/completions';

/** What a model server may do with a request; which one is asked for by the request's `seed`. */
const servers: readonly ((seen: SeenRequest) => void)[] = [
  answerWell,
  ({ response }) => response.destroy(),
  ({ response }) => response.socket?.resetAndDestroy(),
  ({ response }) => sendJson(response, 500, { error: 'no' }),
  ({ response }) => response.writeHead(200, { 'content-type': 'application/json' }).end('{"cut'),
  ({ response }) => {
    startStream(response);
    response.write(chunk({ content: 'Par' }), () => setTimeout(() => response.destroy(), 3));
  },
  ({ response }) => {
    startStream(response);
    response.end(chunk({ content: 'Par' }) + done);
  },
  ({ response }) => {
    startStream(response);
    response.write(chunk({ content: 'Par' }));
    setTimeout(() => response.end(chunk({ content: 'is.' }, 'stop') + done), 5);
  },
  () => undefined, // never answers; the relay's limit ends it
];

/** What a client may do. Each resolves once its connection is over. */
const clients = ['reads', 'leaves at once', 'leaves soon', 'sends half', 'sends garbage'] as const;

test('whatever clients and servers do, every connection ends and nothing stays behind', {
  timeout: 60_000,
}, async () => {
  const upstream = await startUpstreamDouble((seen) => servers[Number(seen.body.seed)]?.(seen));
  const relay = await startTestRelay({
    upstreams: [{ name: 'own', url: upstream.url }],
    limits: { headerTimeoutMs: 200, bodyTimeoutMs: 200, upstreamHeadersTimeoutMs: 200, upstreamIdleTimeoutMs: 200 },
  });

  async function act(client: (typeof clients)[number], seed: number, stream: boolean): Promise<void> {
    const whole = rawPost(relay.port, path, JSON.stringify({ ...chatBody, seed, stream }), ['Connection: close']);
    const raw = await openRaw(relay.port);
    raw.send(
      client === 'sends half' ? whole.slice(0, whole.length / 2) : client === 'sends garbage' ? `\0${whole}` : whole,
    );
    if (client === 'leaves at once') raw.vanish();
    if (client === 'leaves soon') setTimeout(raw.vanish, seed);
    const text = await raw.untilClosed();
    if (client.startsWith('leaves')) return;
    expect(text).toMatch(/^HTTP\/1\.1 \d{3} /);
    const isStreamOfSuccess = text.includes('text/event-stream');
    if (isStreamOfSuccess) expect(text.includes('data: [DONE]')).not.toBe(text.includes('data: {"error"'));
  }

  const acts = fc.array(fc.tuple(fc.constantFrom(...clients), fc.nat({ max: servers.length - 1 }), fc.boolean()), {
    minLength: 1,
    maxLength: 24,
  });
  await fc.assert(
    fc.asyncProperty(acts, async (list) => {
      await Promise.all(list.map(([client, seed, stream]) => act(client, seed, stream)));
    }),
    { numRuns: 20, interruptAfterTimeLimit: 40_000 },
  );

  // With limits so short, a busy machine may need more than one try.
  await eventually(() => postJson(relay.url + path, { ...chatBody, seed: 0 }).then(({ status }) => status)).toBe(200);
  // Ends within the drain time with nothing to cut off: no request was forgotten.
  await eventually(() => upstream.seen.filter(({ response }) => !response.closed).length).toBe(0);
  await relay.close();
  expect(relay.logText()).toContain('"event":"closed","cut":0');
  expect(relay.logText()).not.toContain('internal-error');
});

test('hundreds of streams at once, half of them left, leave nothing behind', {
  timeout: 60_000,
}, async () => {
  const upstream = await startUpstreamDouble(({ response }) => {
    startStream(response);
    response.write(chunk({ content: 'x'.repeat(1000) }));
    setTimeout(() => response.end(chunk({}, 'stop') + done), 50);
  });
  const relay = await startTestRelay({
    upstreams: [{ name: 'own', url: upstream.url }],
    limits: { connections: 1000 },
  });
  const body = JSON.stringify({ ...chatBody, stream: true });
  for (let round = 0; round < 3; round++) {
    await Promise.all(
      Array.from({ length: 200 }, async (_, index) => {
        const raw = await openRaw(relay.port);
        raw.send(rawPost(relay.port, path, body, ['Connection: close']));
        if (index % 2 === 0) setTimeout(raw.vanish, index % 50);
        const text = await raw.untilClosed();
        if (index % 2 === 1) expect(text).toContain('[DONE]');
      }),
    );
  }
  await eventually(() => upstream.seen.filter(({ response }) => !response.closed).length).toBe(0);
  await relay.close();
  expect(relay.logText()).toContain('"event":"closed","cut":0');
  expect(relay.logText().match(/"isComplete":true/g)?.length).toBeGreaterThanOrEqual(300);
});
