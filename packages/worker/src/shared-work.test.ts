import { expect, test } from 'vitest';
import { type JoinOptions, SharedWork } from './shared-work.ts';

function makeWork() {
  const result = Promise.withResolvers<string>();
  let options: JoinOptions<number> | undefined;
  const work = new SharedWork<string, number>((given) => {
    options = given;
    given.signal.addEventListener('abort', () => result.reject(given.signal.reason));
    return result.promise;
  });
  if (!options) throw new Error('The work begins at once.');
  return { work, result, inside: options };
}

function join(work: SharedWork<string, number>) {
  const controller = new AbortController();
  const progress: number[] = [];
  const joined = work.join({ signal: controller.signal, onProgress: (step) => progress.push(step) });
  return { joined, progress, controller };
}

test('all who join get the one result', async () => {
  const { work, result } = makeWork();
  const [one, two] = [join(work), join(work)];
  result.resolve('done');
  expect(await Promise.all([one.joined, two.joined])).toEqual(['done', 'done']);
});

test('all are told of progress, a late one at once of the last', () => {
  const { work, inside } = makeWork();
  const one = join(work);
  inside.onProgress(1);
  const two = join(work);
  inside.onProgress(2);
  expect(one.progress).toEqual([1, 2]);
  expect(two.progress).toEqual([1, 2]);
});

test('who leaves is let go at once, and the work goes on for the others', async () => {
  const { work, result, inside } = makeWork();
  const [one, two] = [join(work), join(work)];
  one.controller.abort();
  await expect(one.joined).rejects.toMatchObject({ name: 'AbortError' });
  expect(inside.signal.aborted).toBe(false);
  inside.onProgress(1);
  expect(one.progress).toEqual([]);
  result.resolve('done');
  expect(await two.joined).toBe('done');
});

test('when the last one leaves the work is aborted', async () => {
  const { work, inside } = makeWork();
  const [one, two] = [join(work), join(work)];
  one.controller.abort();
  two.controller.abort();
  await Promise.allSettled([one.joined, two.joined]);
  expect(inside.signal.aborted).toBe(true);
  expect(work.isAbandoned).toBe(true);
});

test('a failure is everybody’s', async () => {
  const { work, result } = makeWork();
  const [one, two] = [join(work), join(work)];
  result.reject(new Error('broken'));
  await expect(one.joined).rejects.toThrow('broken');
  await expect(two.joined).rejects.toThrow('broken');
});

test('ending the work tells all of them why, and none that it was aborted, which they did not ask for', async () => {
  const { work, inside } = makeWork();
  const [one, two] = [join(work), join(work)];
  const reason = new Error('unloaded');
  const [first, second] = await Promise.allSettled([one.joined, two.joined, work.end(reason)]);
  expect([first, second]).toEqual([
    { status: 'rejected', reason },
    { status: 'rejected', reason },
  ]);
  expect(inside.signal.aborted).toBe(true);
});

test('who ends the work waits until it has stopped, which those who wanted its result need not', async () => {
  const stopped = Promise.withResolvers<string>();
  const work = new SharedWork<string, number>(() => stopped.promise);
  const { joined } = join(work);
  let hasEnded = false;
  const ending = work.end(new Error('unloaded')).then(() => {
    hasEnded = true;
  });
  await expect(joined).rejects.toThrow('unloaded');
  expect(hasEnded).toBe(false);
  stopped.resolve('too late');
  await ending;
  expect(hasEnded).toBe(true);
});

test('who left before the end is told of nothing but their own abort', async () => {
  const { work } = makeWork();
  const one = join(work);
  one.controller.abort();
  await Promise.all([
    expect(one.joined).rejects.toMatchObject({ name: 'AbortError' }),
    work.end(new Error('unloaded')),
  ]);
});

test('a result that is there is not taken back by an end', async () => {
  const { work, result } = makeWork();
  const { joined } = join(work);
  result.resolve('done');
  expect(await joined).toBe('done');
  await work.end(new Error('unloaded'));
  expect(await join(work).joined).toBe('done');
});
