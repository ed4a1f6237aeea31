import { expect, test } from 'vitest';
import { toHex } from './to-hex.ts';

test.each([
  [[], ''],
  [[0, 10, 255], '000aff'],
])('%j is %j', (bytes, hex) => {
  expect(toHex(new Uint8Array(bytes))).toBe(hex);
});
