import { expect, test } from 'vitest';
import { BodyCollector } from './body-collector.ts';

test('gathers a body of up to its limit', () => {
  const body = new BodyCollector(6);
  expect(body.bytes()).toEqual(Buffer.alloc(0));
  expect([body.push(Buffer.from('abc')), body.push(Buffer.from('def'))]).toEqual([true, true]);
  expect(body.bytes().toString()).toBe('abcdef');
});

test('a body of one piece is not copied', () => {
  const piece = Buffer.from('abc');
  const body = new BodyCollector(3);
  body.push(piece);
  expect(body.bytes()).toBe(piece);
});

test('beyond its limit it keeps nothing, whatever else comes', () => {
  const body = new BodyCollector(4);
  expect([body.push(Buffer.from('abc')), body.push(Buffer.from('de')), body.push(Buffer.from('f'))]).toEqual([
    true,
    false,
    false,
  ]);
  expect(body.bytes()).toHaveLength(0);
});
