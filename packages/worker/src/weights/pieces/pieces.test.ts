import { expect, test } from 'vitest';
import { samplePackage } from '../sample-package.double.ts';
import { missingPieces, piecesOf, quarantinePieceBytes, totalLength } from './pieces.ts';

const { manifest } = samplePackage();
const whole = {
  ...manifest,
  files: [{ path: 'a.gguf', bytes: 2 * quarantinePieceBytes + 5, sha256: 'f'.repeat(64) }],
};

test('a file with chunks has a piece for each, with what it must hash to', () => {
  const pieces = piecesOf(manifest);
  expect(pieces.map(({ index, offset, length }) => ({ index, offset, length })).at(-1)).toEqual({
    index: 9,
    offset: 900,
    length: 100,
  });
  expect(pieces.every(({ sha256 }) => sha256 !== null)).toBe(true);
  expect(totalLength(pieces)).toBe(1_000);
});

test('a file without chunks is cut into pieces that cover it, whose hashes are not known', () => {
  const pieces = piecesOf(whole);
  expect(pieces.map(({ length }) => length)).toEqual([quarantinePieceBytes, quarantinePieceBytes, 5]);
  expect(pieces.map(({ sha256 }) => sha256)).toEqual([null, null, null]);
});

test('what came into quarantine is known by its hash, piece by piece', () => {
  const pieces = piecesOf(whole, { 'a.gguf': { pieces: ['aa', null, 'cc'] }, 'b.gguf': { pieces: ['dd'] } });
  expect(pieces.map(({ sha256 }) => sha256)).toEqual(['aa', null, 'cc']);
});

test('an empty file has no pieces', () => {
  expect(piecesOf({ ...whole, files: [{ path: 'a', bytes: 0, sha256: 'f'.repeat(64) }] })).toEqual([]);
});

test('missing is what is not stored, each content once, and everything unknown', () => {
  const pieces = piecesOf(whole, { 'a.gguf': { pieces: ['aa', 'aa', null] } });
  expect(missingPieces(pieces, new Set()).map(({ index }) => index)).toEqual([0, 2]);
  expect(missingPieces(pieces, new Set(['aa'])).map(({ index }) => index)).toEqual([2]);
});
