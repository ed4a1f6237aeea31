import { expect, test } from 'vitest';
import { createFormats } from './formats.ts';

const en = createFormats('en');
const es = createFormats('es');
/** Intl separates numbers from units with no-break spaces that differ between versions. */
const plain = (text: string) => text.replace(/\s/g, ' ');

test('tells sizes in decimal units, with a fraction only where it says something', () => {
  expect(plain(en.bytes(98_362_432))).toBe('98.4 MB');
  expect(plain(en.bytes(491_400_032))).toBe('491 MB');
  expect(plain(en.bytes(2_497_280_256))).toBe('2.5 GB');
  expect(plain(en.bytes(12_288))).toBe('12 kB');
  expect(plain(en.bytes(0))).toBe('0B');
});

test('writes the decimal comma in Spanish', () => {
  expect(plain(es.bytes(98_362_432))).toBe('98,4 MB');
});

test('stops at terabytes, however large the number', () => {
  expect(plain(en.bytes(5e15))).toBe('5,000 TB');
});

test('tells time left in seconds below a minute and in minutes above, never zero', () => {
  expect(plain(en.seconds(0.2))).toBe('1 sec');
  expect(plain(en.seconds(42.4))).toBe('42 sec');
  expect(plain(en.seconds(150))).toBe('3 min');
  expect(plain(es.seconds(150))).toBe('3 min');
});

test('says 100 % only when all of it is there', () => {
  expect(plain(en.percent(0.999))).toBe('99%');
  expect(plain(en.percent(1))).toBe('100%');
  expect(plain(es.percent(0.4))).toBe('40 %');
});

test('groups counts as the language does', () => {
  expect(en.count(12_345)).toBe('12,345');
  expect(es.count(12_345)).toBe('12.345');
});

test('shows a moment without losing the seconds', () => {
  expect(en.dateTime('2026-01-02T03:04:05.000Z')).toMatch(/:04:05/);
});
