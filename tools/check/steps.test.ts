import { expect, test } from 'vitest';
import { steps } from './steps.ts';

test('every step has a name of its own', () => {
  const names = steps.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});

test.each(['licences of dependencies', 'lockfile without addresses'])('%s: holds for this repository', async (name) => {
  const step = steps.find((one) => one.name === name);
  expect(await step?.run({})).toEqual({ ok: true });
});
