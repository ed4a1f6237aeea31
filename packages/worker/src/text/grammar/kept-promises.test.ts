import { expect, test } from 'vitest';
import { KeptPromises } from './kept-promises.ts';

function kept(most: number) {
  const log: string[] = [];
  const values = new KeptPromises<string>({ most, free: (value) => log.push(`free ${value}`) });
  const get = (key: string) =>
    values.get(key, async () => {
      log.push(`make ${key}`);
      if (key === 'bad') throw new Error('bad');
      return key;
    });
  return { log, get, values };
}

test('makes a value once, also for those who ask meanwhile', async () => {
  const { log, get } = kept(2);
  expect(await Promise.all([get('a'), get('a')])).toEqual(['a', 'a']);
  expect(await get('a')).toBe('a');
  expect(log).toEqual(['make a']);
});

test('gives back what was asked for the longest ago', async () => {
  const { log, get } = kept(2);
  for (const key of ['a', 'b', 'a', 'c']) await get(key);
  expect(log).toEqual(['make a', 'make b', 'make c', 'free b']);
});

test('what could not be made is tried anew', async () => {
  const { log, get } = kept(2);
  await expect(get('bad')).rejects.toThrow('bad');
  await expect(get('bad')).rejects.toThrow('bad');
  expect(log).toEqual(['make bad', 'make bad']);
});

test('gives everything back', async () => {
  const { log, get, values } = kept(2);
  await get('a');
  await get('b');
  values.clear();
  await null;
  expect(log).toEqual(['make a', 'make b', 'free a', 'free b']);
});
