import { expect, test } from 'vitest';
import { byteLevelBytes, byteLevelChars, sentencePieceBytes } from './token-bytes.ts';

test('every byte has a printable character of its own, and comes back from it', () => {
  expect(new Set(byteLevelChars).size).toBe(256);
  for (const [byte, char] of byteLevelChars.entries()) {
    expect([...byteLevelBytes(char)]).toEqual([byte]);
    expect(char).toMatch(/^[\x21-\x7e\u00a1-\u0143]$/);
  }
});

test('writes the characters that GPT-2’s vocabularies are known for', () => {
  expect(byteLevelChars[0x20]).toBe('Ġ');
  expect(byteLevelChars[0x0a]).toBe('Ċ');
  expect(new TextDecoder().decode(byteLevelBytes('ĠcafÃ©'))).toBe(' café');
});

test('a character that stands for no byte stands for itself', () => {
  expect(new TextDecoder().decode(byteLevelBytes('漢'))).toBe('漢');
});

test('SentencePiece writes spaces and bytes', () => {
  expect(new TextDecoder().decode(sentencePieceBytes('▁the▁é'))).toBe(' the é');
  expect([...sentencePieceBytes('<0x0A>')]).toEqual([10]);
  expect(new TextDecoder().decode(sentencePieceBytes('<0x0A>x'))).toBe('<0x0A>x');
});
