import { expect, test } from 'vitest';
import { figureText } from './figure-text.ts';

test.each([
  [0, '0'],
  [0.012345, '0.012'],
  [1.2345, '1.23'],
  [-4.5678, '-4.57'],
  [19.56, '19.6'],
  [104.4, '104'],
  [20_480, '20480'],
])('%d is written %s', (value, text) => {
  expect(figureText(value)).toBe(text);
});
