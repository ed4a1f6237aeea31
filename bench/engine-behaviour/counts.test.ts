import { expect, test } from 'vitest';
import { countsFor } from './counts.ts';

test('grows with the pairs, up to what takes minutes', () => {
  expect(countsFor({ pairs: 1 })).toEqual({ conversations: 1, decodeAborts: 2, prefillAborts: 1, losses: 1 });
  expect(countsFor({ pairs: 10 })).toEqual({ conversations: 4, decodeAborts: 20, prefillAborts: 10, losses: 3 });
  expect(countsFor({ pairs: 1000 })).toEqual(countsFor({ pairs: 10 }));
});
