import { expect, test } from 'vitest';
import { SideBySide } from './side-by-side.ts';

const { signal } = new AbortController();
const settled = () => new Promise<void>((resolve) => setTimeout(resolve, 0));

/** Enters one after the other, and tells who is in. */
function crowd(turns: SideBySide) {
  const inside = new Map<string, () => void>();
  const enter = (name: string, isAlone: boolean, by: AbortSignal = signal) =>
    turns.enter({ isAlone, signal: by }).then((leave) => {
      inside.set(name, leave);
    });
  const leave = async (name: string) => {
    inside.get(name)?.();
    inside.delete(name);
    await settled();
  };
  return { enter, leave, names: () => [...inside.keys()] };
}

test('ordinary requests run side by side', async () => {
  const { enter, names } = crowd(new SideBySide());
  await Promise.all([enter('a', false), enter('b', false)]);
  expect(names()).toEqual(['a', 'b']);
});

test('one that runs alone waits for the others, and the next ones wait for it', async () => {
  const { enter, leave, names } = crowd(new SideBySide());
  await Promise.all([enter('a', false), enter('b', false)]);
  enter('alone', true);
  enter('c', false);
  enter('d', false);
  await leave('a');
  expect(names()).toEqual(['b']);
  await leave('b');
  expect(names()).toEqual(['alone']);
  await leave('alone');
  expect(names()).toEqual(['c', 'd']);
});

test('one that gives up while it waits holds nobody up', async () => {
  const { enter, leave, names } = crowd(new SideBySide());
  await enter('a', false);
  const controller = new AbortController();
  const waiting = expect(enter('alone', true, controller.signal)).rejects.toMatchObject({ name: 'AbortError' });
  enter('b', false);
  await settled();
  expect(names()).toEqual(['a']);
  controller.abort();
  await waiting;
  await settled();
  expect(names()).toEqual(['a', 'b']);
  await leave('a');
  await leave('b');
  await enter('another', true);
  expect(names()).toEqual(['another']);
});

test('one that gave up before does not come in', async () => {
  await expect(new SideBySide().enter({ isAlone: true, signal: AbortSignal.abort() })).rejects.toMatchObject({
    name: 'AbortError',
  });
});
