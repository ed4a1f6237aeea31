import type { Receipt } from '@orilla/contract';
import { OrillaError } from '@orilla/contract';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AnswerFigures } from './answer-receipt.ts';
import { AnswerStream } from './answer-stream.ts';

const done = 'data: [DONE]\n\n';
const event = (data: unknown) => `data: ${JSON.stringify(data)}\n\n`;
const chunk = (content: string, finishReason: string | null = null, index = 0) =>
  event({
    id: 'c-1',
    object: 'chat.completion.chunk',
    model: 'there',
    choices: [{ index, delta: { content }, finish_reason: finishReason }],
  });

function run(
  text: string,
  places: readonly number[] = [],
  options: Partial<ConstructorParameters<typeof AnswerStream>[0]> = {},
) {
  const stream = new AnswerStream({ model: 'here', choices: 1, wantsUsage: false, receipt: null, ...options });
  const bytes = Buffer.from(text);
  const bounds = [0, ...places.map((place) => place % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  const out: Buffer[] = [];
  for (let index = 1; index < bounds.length; index++) {
    const piece = stream.push(bytes.subarray(bounds[index - 1], bounds[index]));
    if (piece) out.push(piece);
  }
  const last = stream.end();
  if (last) out.push(last);
  return { stream, text: Buffer.concat(out).toString('utf8') };
}

test('the bytes of an event that needs no change are passed on as they are', () => {
  const strange = 'data: {"model" : "here","choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"n":1.0e2}\n\n';
  expect(run(strange + done).text).toBe(strange + done);
});

test('what comes out does not depend on how the network cuts what goes in', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'grapheme' }).map((text) => chunk(text)),
    fc.constantFrom(
      ': ping\n\n',
      '\n',
      chunk('', 'stop'),
      chunk('b', null, 1),
      chunk('', 'stop', 1),
      done,
      event({ error: 'x' }),
      'data: {\n\n',
    ),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), fc.array(fc.nat(), { maxLength: 8 }), (pieces, places) => {
      const text = pieces.join('');
      const choices = { choices: 2 };
      expect(run(text, places, choices).text).toBe(run(text, [], choices).text);
    }),
    { numRuns: 500 },
  );
});

test('it ends in exactly one way, whatever comes', () => {
  const piece = fc.oneof(
    fc.constantFrom(chunk('a'), chunk('', 'stop'), done, event({ error: 'x' }), 'data: 7\n\n', 'x\n\n'),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const { stream, text } = run(pieces.join(''));
      const ends = text.match(/^data: (\[DONE\]|\{"error":.*)$/gm) ?? [];
      expect(ends).toHaveLength(1);
      expect(text.endsWith(`${ends[0]}\n\n`)).toBe(true);
      expect(stream.isOver).toBe(true);
      expect(stream.failure === null).toBe(ends[0] === 'data: [DONE]');
    }),
    { numRuns: 500 },
  );
});

test('after its end it says nothing more', () => {
  const stream = new AnswerStream({ model: 'here', choices: 1, wantsUsage: false, receipt: null });
  stream.push(Buffer.from(chunk('a', 'stop') + done));
  expect(stream.push(Buffer.from(chunk('b')))).toBeNull();
  expect(stream.end()).toBeNull();
});

test('an error of the connection becomes its last event', () => {
  const stream = new AnswerStream({ model: 'here', choices: 1, wantsUsage: false, receipt: null });
  stream.push(Buffer.from(chunk('a')));
  const last = stream.fail(new OrillaError('relay.upstream-timeout', 'Too slow.'));
  expect(last.toString()).toBe(
    'data: {"error":{"message":"Too slow.","type":"server_error","param":null,"code":"upstream_timeout"}}\n\n',
  );
  expect(stream.failure?.code).toBe('relay.upstream-timeout');
});

test('the receipt is written once, with what the stream told', () => {
  const told: AnswerFigures[] = [];
  const receipt = (figures: AnswerFigures) => {
    told.push(figures);
    return { requestId: 'r' } as Receipt; // its writer is tested elsewhere
  };
  const usage = { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 };
  const text = chunk('a') + chunk('', 'tool_calls') + event({ id: 'c-1', choices: [], usage }) + done;
  const out = run(text, [], { receipt }).text;
  expect(told).toEqual([{ usage, finishReason: 'tool_calls' }]);
  expect(out.match(/"orilla":\{"receipt":\{"requestId":"r"\}\}/g)).toHaveLength(1);
  expect(out).not.toContain('"usage"');
  expect(run(chunk('a'), [], { receipt }).text).not.toContain('orilla');
});

test('usage on the last content chunk, as some servers send it, is removed but remembered', () => {
  const told: AnswerFigures[] = [];
  const usage = { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 };
  const receipt = (figures: AnswerFigures) => {
    told.push(figures);
    return {} as Receipt; // its writer is tested elsewhere
  };
  const last = event({ model: 'there', choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], usage });
  const out = run(last + done, [], { receipt }).text;
  expect(out).not.toContain('prompt_tokens');
  expect(told).toEqual([{ usage, finishReason: 'stop' }]);
});

test('of two choices both must come to their end', () => {
  const both = { choices: 2 };
  expect(run(chunk('a', 'stop') + done, [], both).stream.failure?.code).toBe('protocol.broken-stream');
  expect(run(chunk('a', 'stop') + chunk('b', null, 1) + done, [], both).stream.failure).not.toBeNull();
  expect(run(chunk('a', 'stop') + chunk('b', 'stop', 1) + done, [], both).stream.failure).toBeNull();
});

test.each([[1], [-1], [0.5], ['0'], [null], [{}]])('a choice %j is none that was asked for', (index) => {
  const strange = event({ model: 'here', choices: [{ index, delta: {}, finish_reason: 'stop' }] });
  expect(run(strange + chunk('', 'stop') + done).stream.failure?.code).toBe('protocol.broken-stream');
});

test('a choice without an index is the first', () => {
  expect(run(event({ choices: [{ delta: {}, finish_reason: 'stop' }] }) + done).stream.failure).toBeNull();
});

test('"error": null is no error, and is not for the client', () => {
  const { stream, text } = run(
    event({ model: 'here', error: null, choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }) + done,
  );
  expect(stream.failure).toBeNull();
  expect(text).not.toContain('error');
});

test('an empty finish reason is none', () => {
  expect(run(chunk('a', '') + done).stream.failure?.code).toBe('protocol.broken-stream');
});

test('an event without an end is given up, and the message tells no text', () => {
  const stream = new AnswerStream({ model: 'here', choices: 1, wantsUsage: false, receipt: null });
  const piece = Buffer.alloc(1024 * 1024, 's');
  for (let turn = 0; turn < 20 && !stream.isOver; turn++) stream.push(piece);
  expect(stream.failure).toMatchObject({ code: 'protocol.broken-stream', message: expect.not.stringContaining('ss') });
});
