import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { json } from 'node:stream/consumers';
import type { Route } from '@orilla/contract';
import { createOrilla, type Orilla } from '@orilla/core';
import { afterEach, expect, test } from 'vitest';
import { ask } from './ask.ts';

interface Relay {
  readonly orilla: Orilla;
  readonly requests: { readonly body: Record<string, unknown>; readonly privacy: string | string[] | undefined }[];
  /** Resolves when the client has gone before the answer was complete. */
  readonly abandoned: Promise<void>;
}

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

/** A relay on loopback that answers every request with these events; an endless one then says no more. */
async function relayOf(events: readonly string[], { isEndless = false } = {}): Promise<Relay> {
  const requests: Relay['requests'] = [];
  const { promise: abandoned, resolve: abandon } = Promise.withResolvers<void>();
  const server = createServer(async (request, response) => {
    response.on('close', () => response.writableEnded || abandon());
    requests.push({ body: Object(await json(request)), privacy: request.headers['orilla-privacy'] });
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Orilla-Upstream-Zone': 'on-premises' });
    for (const event of events) response.write(`data: ${event}\n\n`);
    if (!isEndless) response.end();
  });
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('A TCP server has a port.');
  const orilla = createOrilla({
    catalog: { models: { m: { title: 'M', device: [], relay: { model: 'served' } } } },
    relay: { baseURL: `http://127.0.0.1:${address.port}/v1` },
    device: false,
  });
  return { orilla, requests, abandoned };
}

const chunk = (content: string) =>
  JSON.stringify({
    id: 'c',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'served',
    choices: [{ index: 0, delta: { content }, finish_reason: null }],
  });
const question = { model: 'm', label: 'organization', messages: [{ role: 'user', content: 'Hello?' }] } as const;
const ignore = () => undefined;

test('passes the place first, then the text as it comes, and ends with the receipt', async () => {
  const { orilla } = await relayOf([chunk('Good '), chunk('day.'), '[DONE]']);
  const seen: (string | Route)[] = [];
  const result = await ask(orilla, question, {
    signal: new AbortController().signal,
    onStart: (route) => seen.push(route.place),
    onText: (text) => seen.push(text),
  });
  expect(seen).toEqual(['relay', 'Good ', 'day.']);
  expect(result.isStopped).toBe(false);
  expect(result.receipt?.parts).toMatchObject([{ place: 'relay', model: 'served', zone: 'on-premises' }]);
});

test('asks for the most likely words, a bounded answer, and says how far the question may travel', async () => {
  const { orilla, requests } = await relayOf([chunk('x'), '[DONE]']);
  await ask(orilla, question, { signal: new AbortController().signal, onStart: ignore, onText: ignore });
  expect(requests[0]?.body).toMatchObject({ temperature: 0, max_completion_tokens: 512, stream: true });
  expect(requests[0]?.privacy).toBe('label=organization');
});

test('a question labelled device is not sent, whatever relay there is', async () => {
  const { orilla, requests } = await relayOf([chunk('x'), '[DONE]']);
  const asked = ask(
    orilla,
    { ...question, label: 'device' },
    { signal: new AbortController().signal, onStart: ignore, onText: ignore },
  );
  await expect(asked).rejects.toMatchObject({ code: 'routing.privacy-forbids' });
  expect(requests).toEqual([]);
});

test('stopping in mid-answer is an outcome with a receipt, and reaches the relay', async () => {
  const { orilla, abandoned } = await relayOf([chunk('Once ')], { isEndless: true });
  const controller = new AbortController();
  const result = await ask(orilla, question, {
    signal: controller.signal,
    onStart: ignore,
    onText: () => controller.abort(),
  });
  expect(result.isStopped).toBe(true);
  expect(result.receipt?.parts).toHaveLength(1);
  await abandoned;
});

test('stopping before the answer began leaves no receipt', async () => {
  const { orilla } = await relayOf([chunk('never')]);
  const controller = new AbortController();
  controller.abort();
  const result = await ask(orilla, question, { signal: controller.signal, onStart: ignore, onText: ignore });
  expect(result).toEqual({ isStopped: true, receipt: null });
});

test('a question whose model is deleted while it waits was stopped, and has not failed', async () => {
  // What core does when the Models page removes the package: no server can make it do that.
  const create = () => Promise.reject(new DOMException('removed', 'AbortError'));
  const removed: Pick<Orilla, 'chat'> = { chat: { completions: { create } } };
  const { signal } = new AbortController();
  expect(await ask(removed, question, { signal, onStart: ignore, onText: ignore })).toEqual({
    isStopped: true,
    receipt: null,
  });
});

test('an answer that breaks off is an error, not an end', async () => {
  const { orilla } = await relayOf([chunk('Once ')]);
  const texts: string[] = [];
  const asked = ask(orilla, question, {
    signal: new AbortController().signal,
    onStart: ignore,
    onText: (text) => texts.push(text),
  });
  await expect(asked).rejects.toMatchObject({ code: 'protocol.broken-stream' });
  expect(texts).toEqual(['Once ']);
});
