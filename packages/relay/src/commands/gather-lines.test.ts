import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { type GatherLinesOptions, gatherLines } from './gather-lines.ts';

type Lost = readonly [lines: number, error: Error | null];

/** Lines gathered for a sink whose reader takes a piece only when the test says so. */
function gather(options: Partial<GatherLinesOptions> = {}) {
  const pieces: string[] = [];
  const last: string[] = [];
  const lost: Lost[] = [];
  const waiting: ((error: Error | null) => void)[] = [];
  const sink = {
    isClosed: false,
    write: (text: string, done: (error: Error | null) => void) => {
      pieces.push(text);
      waiting.push(done);
    },
    writeLast: (text: string) => void last.push(text),
    close: () => {
      sink.isClosed = true;
    },
  };
  const lines = gatherLines(sink, {
    onLost: (count, error) => lost.push([count, error]),
    delayMs: 1,
    pieceLength: 10,
    maxWaitingLength: 30,
    ...options,
  });
  const take = (error: Error | null = null) => waiting.shift()?.(error);
  return { lines, pieces, last, lost, sink, take };
}

const written = (pieces: readonly string[], count: number) =>
  expect.poll(() => pieces.length, { timeout: 5_000, interval: 1 }).toBe(count);

test('lines wait for each other a moment and are written together', async () => {
  const { lines, pieces } = gather();
  lines.write('a\n');
  lines.write('b\n');
  expect(pieces).toEqual([]);
  await written(pieces, 1);
  expect(pieces).toEqual(['a\nb\n']);
});

test('a full piece is written at once, and holds whole lines only', () => {
  const { lines, pieces, take } = gather();
  for (const line of ['1234\n', '5678\n', 'next\n']) lines.write(line);
  expect(pieces).toEqual(['1234\n5678\n']);
  take();
  expect(pieces).toHaveLength(1);
});

test('a line longer than a piece is a piece', async () => {
  const { lines, pieces } = gather();
  lines.write('longer than ten\n');
  await written(pieces, 1);
  expect(pieces).toEqual(['longer than ten\n']);
});

test('one piece is written at a time; the next goes when it is taken', () => {
  const { lines, pieces, take } = gather();
  for (const line of ['1234\n', '5678\n', '90ab\n', 'cdef\n', 'last\n']) lines.write(line);
  expect(pieces).toHaveLength(1);
  take();
  expect(pieces).toEqual(['1234\n5678\n', '90ab\ncdef\n']);
});

test('while the reader stands still, lines without room are lost and counted; those that wait are not', async () => {
  const { lines, pieces, lost, take } = gather();
  for (let count = 0; count < 8; count++) lines.write(`${count}xxx\n`);
  expect(lost).toEqual([
    [1, null],
    [1, null],
  ]);
  take();
  lines.write('more\n');
  expect(lost).toHaveLength(2);
  take();
  take();
  await written(pieces, 4);
  expect(pieces.join('')).toBe('0xxx\n1xxx\n2xxx\n3xxx\n4xxx\n5xxx\nmore\n');
});

test('a piece that can’t be written is lost, and the next one is tried', async () => {
  const { lines, pieces, lost, take } = gather();
  for (const line of ['1234\n', '5678\n', 'next\n']) lines.write(line);
  const full = new Error('full');
  take(full);
  expect(lost).toEqual([[2, full]]);
  await written(pieces, 2);
  expect(pieces[1]).toBe('next\n');
});

test('closing writes what waits, at once, and resolves when it is taken', async () => {
  const { lines, pieces, lost, sink, take } = gather({ delayMs: 60_000 });
  for (const line of ['1234\n', '5678\n', 'next\n']) lines.write(line);
  const closing = lines.close();
  take();
  expect(pieces).toEqual(['1234\n5678\n', 'next\n']);
  expect(sink.isClosed).toBe(false);
  take();
  await closing;
  expect(sink.isClosed).toBe(true);
  expect(lost).toEqual([]);
});

test('what is written while it closes is written too', async () => {
  const { lines, pieces, take } = gather({ delayMs: 60_000 });
  lines.write('one\n');
  const closing = lines.close();
  lines.write('two\n');
  take();
  take();
  await closing;
  expect(pieces).toEqual(['one\n', 'two\n']);
});

test('closing where nothing waits is done at once; twice is once; later lines are lost', async () => {
  const { lines, pieces, lost } = gather();
  await lines.close();
  await lines.close();
  lines.write('late\n');
  expect(pieces).toEqual([]);
  expect(lost).toEqual([[1, null]]);
});

test('closing does not wait for a reader that stands still: what it did not take is lost', async () => {
  const { lines, pieces, lost, sink, take } = gather();
  for (const line of ['1234\n', '5678\n', 'next\n']) lines.write(line);
  await lines.close({ timeoutMs: 5 });
  expect(sink.isClosed).toBe(true);
  expect(lost).toEqual([[3, null]]);
  take(); // what comes afterwards changes nothing
  expect([pieces.length, lost.length]).toEqual([1, 1]);
});

test('a process that ends hands over what waits, but nothing behind a piece that is half written', () => {
  const quiet = gather({ delayMs: 60_000 });
  quiet.lines.write('one\n');
  quiet.lines.write('two\n');
  quiet.lines.writeLast();
  expect(quiet.last).toEqual(['one\ntwo\n']);
  const busy = gather();
  for (const line of ['1234\n', '5678\n', 'next\n']) busy.lines.write(line);
  busy.lines.writeLast();
  expect(busy.last).toEqual([]);
});

test('the moment that lines wait is counted from the first of them', () => {
  vi.useFakeTimers();
  try {
    const { lines, pieces } = gather({ delayMs: 200, pieceLength: 1_000, maxWaitingLength: 10_000 });
    for (let count = 0; count < 4; count++) {
      lines.write('x\n');
      vi.advanceTimersByTime(60);
    }
    expect(pieces).toEqual(['x\nx\nx\nx\n']);
  } finally {
    vi.useRealTimers();
  }
});

test('whatever comes and goes in whatever order, each line is written whole, once and in order, or counted as lost', async () => {
  const step = fc.oneof(
    fc.integer({ min: 1, max: 14 }).map((length) => ({ write: length })),
    fc.constantFrom({ take: null }, { take: new Error('full') }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const { lines, pieces, lost, take } = gather({ delayMs: 60_000 });
      const sent: string[] = [];
      for (const action of steps) {
        if ('write' in action) {
          const line = `${String(sent.length).padEnd(action.write, '.')}\n`;
          sent.push(line);
          lines.write(line);
        } else take(action.take);
      }
      const closing = lines.close();
      for (let count = 0; count <= sent.length; count++) take();
      await closing;
      const seen = pieces.flatMap((piece) => piece.match(/.*\n/g) ?? []);
      expect(seen).toEqual(sent.filter((line) => seen.includes(line)));
      const unwritten = lost.filter(([, error]) => error === null).reduce((sum, [count]) => sum + count, 0);
      expect(seen.length + unwritten).toBe(sent.length);
    }),
  );
});
