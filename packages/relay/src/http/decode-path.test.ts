import { expect, test } from 'vitest';
import { decodePath } from './decode-path.ts';

test.each([
  ['a%20b/%C3%B1', 'a b/ñ'],
  ['a/b', 'a/b'],
  ['a%2Fb', 'a/b'],
  ['a+b', 'a+b'],
  ['', ''],
  ['100%', undefined],
  ['%zz', undefined],
  ['%C3', undefined],
])('%j is %j', (encoded, plain) => {
  expect(decodePath(encoded)).toBe(plain);
});
