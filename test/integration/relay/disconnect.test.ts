import { expect, onTestFinished, test } from 'vitest';
import { openRaw, rawPost } from './raw-connection.ts';
import { chatBody, eventually, postJson, type RelayUnderTest, startTestRelay } from './relay-under-test.ts';
import {
  answerWell,
  chunk,
  completion,
  type SeenRequest,
  sendJson,
  startStream,
  startUpstreamDouble,
} from './upstream-double.ts';

const path = '/v1/chat/completions';

async function setUp(answer: (seen: SeenRequest) => void, limits = {}) {
  const upstream = await startUpstreamDouble(answer);
  const relay = await startTestRelay({ upstreams: [{ name: 'own', url: upstream.url }], limits });
  return { upstream, relay };
}

const requestLines = (relay: RelayUnderTest) => relay.logText().match(/"event":"request"/g)?.length ?? 0;

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

test.each([
  ['before the first byte, streaming', true, false],
  ['before the first byte, not streaming', false, false],
  ['in the middle of a stream', true, true],
])('a client that leaves %s stops the model within 50 ms', async (_name, stream, isBegun) => {
  const { upstream, relay } = await setUp(({ response }) => {
    if (!isBegun) return;
    startStream(response);
    response.write(chunk({ content: 'Par' }));
  });
  const body = JSON.stringify({ ...chatBody, stream });
  /** How long the model server does not know that a client of this port has left, in ms. */
  const leave = async (port: number) => {
    const coming = upstream.next();
    const raw = await openRaw(port);
    raw.send(rawPost(port, path, body));
    const seen = await coming;
    if (isBegun) await raw.until('"content":"Par"');
    const left = performance.now();
    raw.vanish();
    return (await seen.aborted) - left;
  };
  const delays: number[] = [];
  // What the machine takes for the same without a relay: it may be busy with something else.
  const bare: number[] = [];
  for (let turn = 0; turn < 9; turn++) {
    bare.push(await leave(Number(upstream.url.port)));
    delays.push(await leave(relay.port));
  }
  expect(Math.min(...delays)).toBeLessThan(50);
  expect(median(delays) - median(bare)).toBeLessThan(50);
  expect(upstream.seen).toHaveLength(18);
  await eventually(() => relay.logText().match(/"isComplete":false/g)?.length).toBe(9);
});

test('a client that hangs up politely stops the model, too', async () => {
  const { upstream, relay } = await setUp(() => undefined);
  const stopping = new AbortController();
  const asked = postJson(relay.url + path, chatBody, { signal: stopping.signal });
  const seen = await upstream.next();
  stopping.abort();
  await expect(asked).rejects.toMatchObject({ name: 'AbortError' });
  await seen.aborted;
});

test('nobody else is asked once the client has left', async () => {
  const second = await startUpstreamDouble(answerWell);
  const first = await startUpstreamDouble(() => undefined);
  const relay = await startTestRelay({
    upstreams: [
      { name: 'first', url: first.url },
      { name: 'second', url: second.url },
    ],
  });
  const raw = await openRaw(relay.port);
  const coming = first.next();
  raw.send(rawPost(relay.port, path, JSON.stringify(chatBody)));
  const seen = await coming;
  raw.vanish();
  await seen.aborted;
  await eventually(() => requestLines(relay)).toBe(1);
  // Nothing that the first request set in motion can come after a whole later one.
  const later = new AbortController();
  const alsoComing = first.next();
  const asked = postJson(relay.url + path, chatBody, { signal: later.signal });
  await alsoComing;
  later.abort();
  await expect(asked).rejects.toMatchObject({ name: 'AbortError' });
  await eventually(() => requestLines(relay)).toBe(2);
  expect(second.seen).toEqual([]);
});

test('a client that has left while the relay still connects costs the model nothing', async () => {
  const { upstream, relay } = await setUp((seen) => {
    if (seen.body.seed === 1) answerWell(seen);
  });
  for (let turn = 0; turn < 20; turn++) {
    const raw = await openRaw(relay.port);
    raw.send(rawPost(relay.port, path, JSON.stringify(chatBody)));
    raw.vanish();
  }
  // The relay is as it was: the next request is answered. Of those before it, every one that was begun was broken off.
  expect((await postJson(relay.url + path, { ...chatBody, seed: 1 })).status).toBe(200);
  const begun = upstream.seen.length;
  await relay.close();
  expect(relay.logText()).toContain('"event":"closed","cut":0');
  expect(relay.logText().match(/"isComplete":true/g)).toHaveLength(1);
  expect(upstream.seen).toHaveLength(begun);
  await Promise.all(upstream.seen.slice(0, -1).map((seen) => seen.aborted));
});

test('a client that leaves after its answer breaks nothing', async () => {
  const { relay } = await setUp(answerWell);
  for (let turn = 0; turn < 5; turn++) {
    const raw = await openRaw(relay.port);
    raw.send(rawPost(relay.port, path, JSON.stringify({ ...chatBody, stream: true })));
    await raw.until('[DONE]');
    raw.vanish();
  }
  expect((await postJson(relay.url + path, chatBody)).status).toBe(200);
  expect(relay.logText()).not.toContain('internal-error');
});

/** A model that talks faster than anybody reads. */
function flood(sent: { bytes: number; isPaused: boolean }) {
  const part = chunk({ content: 'x'.repeat(16_000) });
  return ({ response }: SeenRequest): void => {
    startStream(response);
    const more = (): void => {
      while (!response.destroyed) {
        sent.bytes += part.length;
        if (!response.write(part)) break;
      }
      sent.isPaused = true;
    };
    response.on('drain', () => {
      sent.isPaused = false;
      more();
    });
    more();
  };
}

test('a client that reads slowly slows the model, instead of filling the relay’s memory', async () => {
  const sent = { bytes: 0, isPaused: false };
  const { relay } = await setUp(flood(sent));
  const raw = await openRaw(relay.port);
  raw.send(rawPost(relay.port, path, JSON.stringify({ ...chatBody, stream: true })));
  await raw.until('"content":"xx');
  raw.pause();
  // Everything between the two ends fills up (kernels take some megabytes), and then nothing moves any more.
  let before = -1;
  await eventually(
    () => {
      const isStill = before === sent.bytes && sent.isPaused;
      before = sent.bytes;
      return isStill;
    },
    { interval: 300 },
  ).toBe(true);
  expect(sent.bytes).toBeLessThan(32 * 1024 * 1024);
  raw.resume();
  await eventually(() => sent.bytes).toBeGreaterThan(before);
});

test('a client that stays but stops reading is cut off, and the model with it', async () => {
  const { upstream, relay } = await setUp(flood({ bytes: 0, isPaused: false }), { bodyTimeoutMs: 300 });
  const raw = await openRaw(relay.port);
  const coming = upstream.next();
  raw.send(rawPost(relay.port, path, JSON.stringify({ ...chatBody, stream: true })));
  const seen = await coming;
  raw.pause();
  await seen.aborted;
  await eventually(() => relay.logText()).toContain('"isComplete":false');
});

test('a client that never takes a whole answer is cut off, too', async () => {
  const { relay } = await setUp(
    ({ response }) => {
      const message = { role: 'assistant', content: 'x'.repeat(20_000_000) };
      sendJson(response, 200, { ...completion, choices: [{ index: 0, message, finish_reason: 'stop' }] });
    },
    { bodyTimeoutMs: 300 },
  );
  const raw = await openRaw(relay.port);
  raw.pause();
  raw.send(rawPost(relay.port, path, JSON.stringify(chatBody)));
  await eventually(() => relay.logText()).toContain('"isComplete":false');
});

test('a slow client that keeps reading gets everything, though it takes longer than the limit of silence', async () => {
  const bodyTimeoutMs = 2_000;
  const { relay } = await setUp(
    ({ response }) => {
      const message = { role: 'assistant', content: 'x'.repeat(20_000_000) };
      sendJson(response, 200, { ...completion, choices: [{ index: 0, message, finish_reason: 'stop' }] });
    },
    { bodyTimeoutMs },
  );
  const raw = await openRaw(relay.port);
  const began = performance.now();
  raw.take(1);
  const timer = setInterval(() => raw.take(600_000), 100);
  onTestFinished(() => clearInterval(timer));
  raw.send(rawPost(relay.port, path, JSON.stringify(chatBody), ['Connection: close']));
  await raw.untilClosed();
  expect(raw.received()).toBeGreaterThan(20_000_000);
  expect(performance.now() - began).toBeGreaterThan(bodyTimeoutMs);
  await eventually(() => relay.logText()).toContain('"isComplete":true');
});

test('a connection without requests is closed in the end, and one on which a model thinks is not', async () => {
  const { upstream, relay } = await setUp(() => undefined, { bodyTimeoutMs: 200, headerTimeoutMs: 200 });
  const idle = await openRaw(relay.port);
  const waiting = await openRaw(relay.port);
  const coming = upstream.next();
  waiting.send(rawPost(relay.port, path, JSON.stringify(chatBody)));
  const seen = await coming;
  await idle.untilClosed();
  setTimeout(() => answerWell(seen), 500);
  expect(await waiting.until('Paris.')).toContain('200 OK');
});
