import { Tensor } from 'onnxruntime-common';
import { expect, test } from 'vitest';
import { halfToFloat, lastRow } from './last-row.ts';

test('of logits of several tokens it takes those of the last', () => {
  const logits = new Tensor('float32', new Float32Array([1, 2, 3, 4, 5, 6]), [1, 2, 3]);
  expect([...lastRow(logits)]).toEqual([4, 5, 6]);
});

test('16-bit logits become floats', () => {
  const logits = new Tensor('float16', new Uint16Array([0, 0, 0x3c00, 0xc100]), [1, 2, 2]);
  expect([...lastRow(logits)]).toEqual([1, -2.5]);
});

test.each([
  [0x0000, 0],
  [0x3c00, 1],
  [0xbc00, -1],
  [0x3555, 0.333251953125],
  [0x7bff, 65504],
  [0x0001, 2 ** -24],
  [0x03ff, 1023 * 2 ** -24],
  [0x0400, 2 ** -14],
  [0x7c00, Number.POSITIVE_INFINITY],
  [0xfc00, Number.NEGATIVE_INFINITY],
  [0x7e00, Number.NaN],
])('the half %i is %d', (half, value) => {
  expect(halfToFloat(half)).toBe(value);
});
