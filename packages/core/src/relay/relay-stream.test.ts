import fc from 'fast-check';
import { expect, test } from 'vitest';
import { relayStream } from './relay-stream.ts';

const headers = { 'Content-Type': 'text/event-stream' };
const bytes = (text: string) => new TextEncoder().encode(text);
const streamOf = (parts: readonly Uint8Array[]) =>
  new ReadableStream<Uint8Array>({
    start(controller) {
      for (const part of parts) controller.enqueue(part);
      controller.close();
    },
  });
const answer = (...events: string[]) =>
  new Response(streamOf([bytes(events.map((event) => `data: ${event}\n\n`).join(''))]), { headers });
const chunk = (content: string) => JSON.stringify({ choices: [{ index: 0, delta: { content } }] });

async function read(response: Response) {
  const texts: (string | null | undefined)[] = [];
  for await (const { choices } of relayStream(response)) texts.push(choices[0]?.delta.content);
  return texts;
}

test('reads chunks up to [DONE]', async () => {
  expect(await read(answer(chunk('a'), chunk('b'), '[DONE]', chunk('after')))).toEqual(['a', 'b']);
});

test('reads the same whatever the network cuts the stream into', async () => {
  const text = `: ping\r\n\r\ndata: ${chunk('año 🌊')}\r\n\r\ndata: ${chunk('b')}\n\ndata: [DONE]\n\n`;
  const whole = bytes(text);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(whole.length), { maxLength: 20 }), async (cuts) => {
      const at = [0, ...cuts.sort((a, b) => a - b), whole.length];
      const parts = at.slice(1).map((end, index) => whole.slice(at[index], end));
      expect(await read(new Response(streamOf(parts), { headers }))).toEqual(['año 🌊', 'b']);
    }),
  );
});

test('an error event is thrown as the error that it is', async () => {
  const error = JSON.stringify({
    error: { message: 'The server died.', type: 'server_error', param: null, code: 'upstream_failed' },
  });
  await expect(read(answer(chunk('a'), error, '[DONE]'))).rejects.toMatchObject({
    code: 'relay.upstream-failed',
    message: 'The server died.',
  });
});

test.each([
  ['ends without [DONE]', () => answer(chunk('a'))],
  ['is not JSON', () => answer('{"choices":')],
  ['holds no object', () => answer('12')],
  ['has no choices', () => answer('{}')],
  ['is an HTML page', () => new Response('<html>', { headers: { 'Content-Type': 'text/html' } })],
  ['has no body', () => new Response(null, { headers })],
])('a stream that %s is broken, never a clean end', async (_, response) => {
  await expect(read(response())).rejects.toMatchObject({ code: 'protocol.broken-stream', isRetryable: true });
});

test('leaving the loop cancels the response', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(bytes(`data: ${chunk('a')}\n\ndata: ${chunk('b')}\n\n`)),
    cancel: () => resolve(),
  });
  for await (const { choices } of relayStream(new Response(body, { headers }))) {
    expect(choices).toHaveLength(1);
    break;
  }
  await promise;
});

test('a server that floods one event is cut off', async () => {
  const flood = bytes(`data: ${'x'.repeat(1 << 20)}`);
  await expect(read(new Response(streamOf(Array.from({ length: 20 }, () => flood)), { headers }))).rejects.toThrow();
});
