import { expect, test } from 'vitest';
import { raceSignal } from './race-signal.ts';

test('settles as the promise does', async () => {
  await expect(raceSignal(Promise.resolve(1), [])).resolves.toBe(1);
  await expect(raceSignal(Promise.reject(new Error('no')), [undefined])).rejects.toThrow('no');
});

test('rejects with the reason of the first signal that aborts', async () => {
  const [first, second] = [new AbortController(), new AbortController()];
  const race = raceSignal(new Promise(() => undefined), [first.signal, second.signal]);
  second.abort(new Error('second'));
  first.abort(new Error('first'));
  await expect(race).rejects.toThrow('second');
});

test('a promise that fails after the race is over bothers nobody', async () => {
  const late = Promise.withResolvers<never>();
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => unhandled.push(reason);
  process.on('unhandledRejection', note);
  await expect(raceSignal(late.promise, [AbortSignal.abort(new Error('aborted'))])).rejects.toThrow('aborted');
  late.reject(new Error('late'));
  await new Promise((resolve) => setImmediate(resolve));
  process.off('unhandledRejection', note);
  expect(unhandled).toEqual([]);
});
