import { expect, test } from 'vitest';
import { samplePackage } from '../sample-package.double.ts';
import { isFirstDraft, upgradeDraft, upgradeManifest } from './store-version-1.ts';

const { manifest, pkg } = samplePackage();

test('a complete package keeps its manifest; where it came from was not noted', () => {
  expect(upgradeManifest(manifest)).toEqual({ manifest, document: null, pkg: null });
});

test('a package on its way keeps what it has of files in quarantine', () => {
  expect(upgradeDraft({ manifest })).toEqual({ manifest, document: null, pkg: null });
  expect(upgradeDraft({ manifest, quarantine: { 'a.gguf': ['aa', null], 'b.gguf': [] } })).toEqual({
    manifest,
    document: null,
    pkg: null,
    quarantine: { 'a.gguf': { pieces: ['aa', null] }, 'b.gguf': { pieces: [] } },
  });
});

test('what has the present form already is told from what has not', () => {
  const draft = { manifest, document: '{}', pkg, isPaused: true, quarantine: { 'a.gguf': { pieces: ['aa'] } } };
  const first = { manifest, quarantine: { 'a.gguf': ['aa'] } };
  expect([draft, { ...draft, pkg: null }, first, upgradeDraft(first)].map(isFirstDraft)).toEqual([
    false,
    false,
    true,
    false,
  ]);
});
