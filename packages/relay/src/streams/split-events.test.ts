import { createParser } from 'eventsource-parser';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readBlock } from './read-block.ts';
import { type EventBlock, EventSplitter } from './split-events.ts';

/** Cuts bytes at arbitrary places, as a network does. */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const sorted = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  const bounds = [0, ...sorted, bytes.length];
  return bounds.slice(1).map((end, index) => bytes.subarray(bounds[index], end));
}

function blocksOf(chunks: readonly Buffer[]): EventBlock[] {
  const splitter = new EventSplitter();
  const blocks = chunks.flatMap((chunk) => splitter.push(chunk) ?? []);
  const rest = splitter.rest();
  return rest ? [...blocks, rest] : blocks;
}

function dataOf(chunks: readonly Buffer[]): string[] {
  return blocksOf(chunks).flatMap((block) => {
    const content = readBlock(block);
    return content.kind === 'data' ? [content.data] : [];
  });
}

/** What a full parser reads out of the stream as a whole. */
function expectedData(text: string): string[] {
  const data: string[] = [];
  createParser({ onEvent: (event) => event.data !== '' && data.push(event.data) }).feed(`${text}\n\n`);
  return data;
}

const line = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 30 }).map((text) => `data: ${text.replace(/[\r\n]/g, '')}`),
  fc.constantFrom('data:x', 'data', ': ping', ':', 'event: error', 'id: 7', 'nonsense', 'data: ', 'data:  two spaces'),
);
const stream = fc
  .array(fc.tuple(line, fc.constantFrom('\n', '\n\n', '\r\n', '\r\n\r\n', '\r', '\r\r', '\n\r\n', '\n\n\n')))
  .map((lines) => lines.flat().join(''));

test('reads what a full parser reads, wherever the network cuts the bytes', () => {
  fc.assert(
    fc.property(stream, fc.array(fc.nat(), { maxLength: 12 }), (text, places) => {
      expect(dataOf(cut(Buffer.from(text), places))).toEqual(expectedData(text));
    }),
    { numRuns: 2000 },
  );
});

test('loses and adds no byte between blocks of an LF stream', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'grapheme', minLength: 1 }).map((text) => text.replace(/[\r\n]/g, '.'))),
      fc.array(fc.nat()),
      (texts, places) => {
        const bytes = Buffer.from(texts.map((text) => `data: ${text}\n\n`).join(''));
        const blocks = blocksOf(cut(bytes, places));
        expect(Buffer.concat(blocks.map((block) => block.bytes))).toEqual(bytes);
        expect(blocks.every((block) => block.isOneLine)).toBe(true);
      },
    ),
  );
});

test('a character cut in two stays whole', () => {
  const bytes = Buffer.from('data: año 🌊\n\n');
  for (let at = 1; at < bytes.length; at++) {
    expect(dataOf([bytes.subarray(0, at), bytes.subarray(at)])).toEqual(['año 🌊']);
  }
});

test('one byte at a time is read like all at once', () => {
  const bytes = Buffer.from(': hi\r\n\r\ndata: a\r\ndata: b\r\n\r\ndata: c\n\n');
  expect(dataOf([...bytes].map((byte) => Buffer.from([byte])))).toEqual(['a\nb', 'c']);
});

test('a byte order mark at the beginning is skipped', () => {
  expect(dataOf([Buffer.from('\ufeffdata: x\n\n')])).toEqual(['x']);
});

test('a stream without blank lines is given up at the limit, in linear time', () => {
  const splitter = new EventSplitter({ maxBytes: 1_000_000 });
  const chunk = Buffer.alloc(1000, 'x');
  const started = performance.now();
  let pushes = 0;
  while (splitter.push(chunk)) pushes++;
  expect(pushes).toBe(1000);
  expect(performance.now() - started).toBeLessThan(1000);
});

test('comments and empty events are told apart from data', () => {
  const read = (text: string) => readBlock({ bytes: Buffer.from(text), isOneLine: false });
  expect(read(': ping\n\n')).toEqual({ kind: 'comment' });
  expect(read(':\n\n')).toEqual({ kind: 'comment' });
  expect(read('event: x\n\n')).toEqual({ kind: 'nothing' });
  expect(read('data:\n\n')).toEqual({ kind: 'nothing' });
  expect(read('event: error\ndata: {}\n\n')).toEqual({ kind: 'data', data: '{}', isVerbatim: false });
  expect(readBlock({ bytes: Buffer.from('data: {}\n\n'), isOneLine: true })).toEqual({
    kind: 'data',
    data: '{}',
    isVerbatim: true,
  });
});
