import { expect, test, vi } from 'vitest';
import { untilAborted } from './until-aborted.ts';

const reason = new DOMException('Left.', 'AbortError');

test('settles as the work does, and listens no longer', async () => {
  const { signal } = new AbortController();
  const remove = vi.spyOn(signal, 'removeEventListener');
  expect(await untilAborted(Promise.resolve(5), { signal })).toBe(5);
  await expect(untilAborted(Promise.reject(new Error('broken')), { signal })).rejects.toThrow('broken');
  expect(remove).toHaveBeenCalledTimes(2);
});

test('an abort is told at once, and what comes after all is given back', async () => {
  const work = Promise.withResolvers<string>();
  const controller = new AbortController();
  const given: string[] = [];
  const waiting = untilAborted(work.promise, { signal: controller.signal, giveBack: (late) => given.push(late) });
  controller.abort(reason);
  await expect(waiting).rejects.toBe(reason);
  expect(given).toEqual([]);
  work.resolve('late');
  await vi.waitFor(() => expect(given).toEqual(['late']));
});

test('a signal that has aborted before is told too, and a failure behind it to nobody', async () => {
  const work = Promise.withResolvers<never>();
  const waiting = untilAborted(work.promise, { signal: AbortSignal.abort(reason) });
  await expect(waiting).rejects.toBe(reason);
  work.reject(new Error('late'));
  await Promise.resolve();
});
