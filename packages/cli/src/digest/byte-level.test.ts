import { expect, test } from 'vitest';
import { decodeByteLevel } from './byte-level.ts';

function decode(token: string): Uint8Array | undefined {
  const into = new Uint8Array(64);
  const length = decodeByteLevel(token, into);
  return length < 0 ? undefined : into.slice(0, length);
}

const bytes = (text: string) => Uint8Array.from(Buffer.from(text));

test('bytes are read back from the letters that stand for them', () => {
  expect(decode('Ġa')).toEqual(bytes(' a'));
  expect(decode('Ã±')).toEqual(bytes('ñ'));
  expect(decode('Ċ')).toEqual(bytes('\n'));
  expect(decode('')).toEqual(bytes(''));
});

test('a character that stands for no byte is told', () => {
  expect(decode('漢')).toBeUndefined();
  expect(decode('a b')).toBeUndefined();
  expect(decode('a😀')).toBeUndefined();
});

test('every byte has a letter of its own', () => {
  const letters = Array.from({ length: 0x180 }, (_, code) => String.fromCodePoint(code));
  const found = letters.flatMap((letter) => [...(decode(letter) ?? [])]);
  expect(found.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 256 }, (_, byte) => byte));
});

test('bytes go where they are asked for', () => {
  const into = new Uint8Array(4);
  expect(decodeByteLevel('ab', into, 1)).toBe(2);
  expect([...into]).toEqual([0, 97, 98, 0]);
});
