import { expect, test } from 'vitest';
import { sampleBytes } from '../sample-package.double.ts';
import { readBody } from './read-body.ts';

const content = sampleBytes(1_000);

type Body = ReadableStream<Uint8Array<ArrayBuffer>>;

/** The content in bits of `bit` bytes, as a stream that only gives pieces. */
function inPieces(bit: number): Body {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      controller.enqueue(content.slice(at, at + bit));
      at += bit;
      if (at >= content.length) controller.close();
    },
  });
}

/** The same as a stream of bytes, which fills the memory that it is given. */
function ofBytes(bit: number): Body {
  let at = 0;
  return new ReadableStream({
    type: 'bytes',
    pull(controller) {
      if (at >= content.length) {
        controller.close();
        controller.byobRequest?.respond(0);
        return;
      }
      controller.enqueue(content.slice(at, at + bit));
      at += bit;
    },
  });
}

const kinds = [['bytes', ofBytes] as const, ['pieces', inPieces] as const];

const noGuard = <T>(reading: Promise<T>) => reading;

for (const [name, body] of kinds) {
  const read = async (bit: number, length: number, endsThere = false) => {
    const arrived: number[] = [];
    const options = { length, endsThere, onBytes: (count: number) => arrived.push(count) };
    const { bytes, isLonger } = await readBody(body(bit), noGuard, options);
    return { bytes, isLonger, arrived: arrived.reduce((sum, count) => sum + count, 0) };
  };

  test.each([1, 7, 333, 999, 1_000])(`a stream of ${name}, %i at a time, becomes one piece`, async (bit) => {
    expect(await read(bit, 1_000)).toEqual({ bytes: content, isLonger: false, arrived: 1_000 });
    expect(await read(bit, 1_000, true)).toEqual({ bytes: content, isLonger: false, arrived: 1_000 });
  });

  test(`a stream of ${name} that is shorter gives what it has`, async () => {
    expect(await read(64, 1_500)).toEqual({ bytes: content, isLonger: false, arrived: 1_000 });
    expect(await read(64, 1_500, true)).toEqual({ bytes: content, isLonger: false, arrived: 1_000 });
  });

  test.each([1, 64, 500, 1_000])(`a stream of ${name}, %i at a time, that is longer is known as such`, async (bit) => {
    const { bytes, isLonger } = await read(bit, 500);
    expect(bytes).toEqual(content.slice(0, 500));
    expect(isLonger).toBe(true);
  });

  test(`the end of a stream of ${name} is not waited for where the server told it`, async () => {
    const waiting = body(500);
    let reads = 0;
    const guard = <T>(reading: Promise<T>) => {
      reads += 1;
      return reading;
    };
    await readBody(waiting, guard, { length: 500, endsThere: true, onBytes: () => undefined });
    expect(reads).toBe(1);
  });

  test(`a stream of ${name}: what the guard throws is thrown`, async () => {
    const guard = () => Promise.reject(new RangeError('silent'));
    const reading = readBody(body(9), guard, { length: 9, endsThere: true, onBytes: () => undefined });
    await expect(reading).rejects.toThrow('silent');
  });
}

test('no body is an empty one', async () => {
  const { bytes } = await readBody(null, noGuard, { length: 9, endsThere: true, onBytes: () => undefined });
  expect(bytes).toHaveLength(0);
});
