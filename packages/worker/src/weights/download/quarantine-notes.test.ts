import { expect, test } from 'vitest';
import type { Draft } from '../backend/weight-backend.ts';
import { piecesOf, quarantinePieceBytes } from '../pieces/pieces.ts';
import { samplePackage } from '../sample-package.double.ts';
import { withHashed, withPiece } from './quarantine-notes.ts';

const { manifest } = samplePackage();
const file = { path: 'model.gguf', bytes: 3 * quarantinePieceBytes, sha256: 'f'.repeat(64) };
const draft: Draft = { manifest: { ...manifest, files: [file] }, document: null, pkg: null, isPaused: true };
const [first, second, third] = piecesOf(draft.manifest);
if (!first || !second || !third) throw new Error('There are three.');
const state = new Uint8Array([1]);
const fed = ['aa', 'bb'];
const hashed = { pieces: 2, state };
const notes = (noted: Draft) => noted.quarantine?.['model.gguf'];

test('notes pieces in any order, and leaves the rest of the draft as it is', () => {
  const noted = withPiece(withPiece(draft, third, { sha256: 'cc' }), first, { sha256: 'aa' });
  expect(notes(noted)?.pieces).toEqual(['aa', null, 'cc']);
  expect(noted.isPaused).toBe(true);
});

test('what was hashed stays when a later piece comes, or the same one again', () => {
  const noted = withHashed(
    withPiece(withPiece(draft, first, { sha256: 'aa' }), second, { sha256: 'bb' }),
    'model.gguf',
    { fed, state },
  );
  expect(notes(withPiece(noted, third, { sha256: 'cc' }))).toMatchObject({ pieces: ['aa', 'bb', 'cc'], hashed });
  expect(notes(withPiece(noted, second, { sha256: 'bb' }))?.hashed).toEqual(hashed);
});

test('what was hashed is void when another piece comes in place of one that is in it', () => {
  const noted = withHashed(
    withPiece(withPiece(draft, first, { sha256: 'aa' }), second, { sha256: 'bb' }),
    'model.gguf',
    { fed, state },
  );
  expect(notes(withPiece(noted, second, { sha256: 'xx' }))).toEqual({
    pieces: ['aa', 'xx', null],
    urls: [null, null, null],
  });
});

test('nothing is hashed of a file of which nothing came', () => {
  expect(withHashed(draft, 'model.gguf', { fed, state })).toEqual(draft);
});

test('a hash of other pieces than those that are noted is not noted', () => {
  const noted = withPiece(withPiece(draft, first, { sha256: 'xx' }), second, { sha256: 'bb' });
  expect(withHashed(noted, 'model.gguf', { fed, state })).toEqual(noted);
  expect(withHashed(withPiece(draft, first, { sha256: 'aa' }), 'model.gguf', { fed, state })).toEqual(
    withPiece(draft, first, { sha256: 'aa' }),
  );
});

test('who gave a piece is noted with it, as far as that is known', () => {
  const noted = withPiece(withPiece(draft, third, { sha256: 'cc', url: 'https://one.test/f' }), first, {
    sha256: 'aa',
  });
  expect(notes(noted)?.urls).toEqual([null, null, 'https://one.test/f']);
  expect(notes(withPiece(noted, third, { sha256: 'cc', url: 'https://two.test/f' }))?.urls).toEqual([
    null,
    null,
    'https://two.test/f',
  ]);
});
