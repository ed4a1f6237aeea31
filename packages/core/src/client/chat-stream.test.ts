import { isAbortError } from '@orilla/contract';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { finish, token } from '../device/worker.double.ts';
import type { ChatStream } from './chat-stream.ts';
import { messages, orillaDouble, relayAnswers, relayChunk, sse } from './orilla.double.ts';

/** A device that says one token and then thinks for ever. */
const lingers = {
  generate: (answer: (message: { type: 'tokens'; events: [ReturnType<typeof token>] }) => void) =>
    answer({ type: 'tokens', events: [token('a')] }),
};
const streamed = { model: 'tiny', messages, stream: true } as const;

test.each<[string, (stream: ChatStream, caller: AbortController) => unknown]>([
  ['its controller is aborted', (stream) => stream.controller.abort()],
  ['its caller aborts', (_, caller) => caller.abort()],
  ['its iterator is given back', (stream) => stream[Symbol.asyncIterator]().return?.()],
])('an unread stream ends when %s: the device stops, and the receipt comes', async (_, leave) => {
  const { orilla, workers } = await orillaDouble(lingers);
  const caller = new AbortController();
  const stream = await orilla.chat.completions.create(streamed, { signal: caller.signal });
  await leave(stream, caller);
  expect(await stream.receipt).toMatchObject({ finishReason: null, parts: [{ place: 'device' }] });
  await expect.poll(() => workers[0]?.aborted).toContain('generate');
});

test('an answer of the relay has one id and the model that was asked for, and its receipt the id of the relay’s log', async () => {
  const { orilla } = await orillaDouble({}, relayAnswers);
  const options = { stream_options: { include_usage: true } };
  const stream = await orilla.chat.completions.create({ ...streamed, ...options, model: 'big' });
  const seen: string[] = [];
  for await (const { id, model } of stream) seen.push(`${id} ${model}`);
  expect(new Set(seen).size).toBe(1);
  expect(seen[0]).toMatch(/^chatcmpl-[0-9a-f]{32} big$/);
  expect((await stream.receipt).requestId).toBe('request-at-relay');
});

test('a server that says there is no error says no error', async () => {
  const { orilla } = await orillaDouble({}, (_, response) =>
    sse(response, { ...relayChunk({ content: 'x' }, 'stop'), error: null }),
  );
  const { choices } = await orilla.chat.completions.create({ model: 'big', messages });
  expect(choices[0]?.message.content).toBe('x');
});

test('an answer of the device that ends without a reason is no clean end', async () => {
  const { orilla } = await orillaDouble({
    generate: (answer) => {
      answer({ type: 'tokens', events: [token('Pa')] });
      answer({ type: 'done', result: null });
    },
  });
  const stream = await orilla.chat.completions.create(streamed);
  const reading = (async () => {
    for await (const chunk of stream) expect(chunk.choices).toHaveLength(1);
  })();
  await expect(reading).rejects.toMatchObject({ code: 'protocol.broken-stream' });
});

test('whatever stands where a label should, either it is one or nothing is sent', async () => {
  const { orilla, server } = await orillaDouble({}, relayAnswers);
  const values = fc.oneof(
    fc.jsonValue(),
    fc.record({ label: fc.oneof(fc.string(), fc.constantFrom('Device', 'device ')) }),
  );
  await fc.assert(
    fc.asyncProperty(values, fc.boolean(), async (value, isInBody) => {
      // What an app without types may hand over.
      const privacy = value as unknown as { label: 'device' };
      const before = server.received.length;
      const body = { model: 'big', messages, ...(isInBody && { orilla: { privacy } }) };
      const asked = orilla.chat.completions.create(body, isInBody ? {} : { privacy });
      await asked.catch((error: unknown) => expect(error).toMatchObject({ name: 'OrillaError' }));
      const isLabel =
        typeof value === 'object' &&
        value !== null &&
        'label' in value &&
        ['organization', 'public'].includes(String(value.label));
      if (!isLabel) expect(server.received.length).toBe(before);
    }),
    { numRuns: 60 },
  );
});

test('an app whose own label is none is refused when the client is made', async () => {
  // What an app without types may hand over.
  const privacy = 'device' as unknown as { label: 'device' };
  await expect(orillaDouble({}, relayAnswers, { privacy })).rejects.toThrow(/privacy label/);
});

test('an abort is heard while the worker still starts', async () => {
  const { orilla } = await orillaDouble({ saysHello: false });
  const caller = new AbortController();
  const asked = orilla.chat.completions.create({ model: 'tiny', messages }, { signal: caller.signal });
  caller.abort();
  const started = performance.now();
  await expect(asked).rejects.toSatisfy(isAbortError);
  expect(performance.now() - started).toBeLessThan(500);
});

test('a finished answer has its reason in the receipt', async () => {
  const { orilla } = await orillaDouble({
    generate: (answer) => {
      answer({ type: 'tokens', events: [finish(0)] });
      answer({ type: 'done', result: null });
    },
  });
  const stream = await orilla.chat.completions.create(streamed);
  for await (const chunk of stream) expect(chunk.choices).toHaveLength(1);
  expect((await stream.receipt).finishReason).toBe('stop');
});
