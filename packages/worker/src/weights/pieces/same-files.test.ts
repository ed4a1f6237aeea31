import { expect, test } from 'vitest';
import { samplePackage } from '../sample-package.double.ts';
import { isCutAlike, sameFileIn } from './same-files.ts';

const { manifest, content } = samplePackage();
const [file] = manifest.files;
if (!file) throw new Error('The sample has a file.');
const cutOtherwise = samplePackage({ content, chunkBytes: 250 }).manifest.files[0] ?? file;

test('a file is the same where its whole hash is, whatever its path and its chunks', () => {
  expect(sameFileIn({ manifest }, { ...cutOtherwise, path: 'elsewhere.gguf' })).toBe(file);
  expect(sameFileIn({ manifest }, { ...file, sha256: 'f'.repeat(64) })).toBeUndefined();
  expect(sameFileIn({ manifest }, { ...file, bytes: 999 })).toBeUndefined();
});

test('it is cut alike where it has the same path and the same chunks', () => {
  const { chunks: _, ...whole } = file;
  expect(isCutAlike(file, structuredClone(file))).toBe(true);
  expect(isCutAlike(whole, { ...whole })).toBe(true);
  expect(isCutAlike(file, cutOtherwise)).toBe(false);
  expect(isCutAlike(file, whole)).toBe(false);
  expect(isCutAlike(file, { ...file, path: 'elsewhere.gguf' })).toBe(false);
});
