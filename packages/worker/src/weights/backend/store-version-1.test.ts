import { expect, test } from 'vitest';
import { samplePackage } from '../sample-package.double.ts';
import { upgradeDraft, upgradeManifest } from './store-version-1.ts';

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

test('what has the present form already stays as it is', () => {
  const draft = { manifest, document: '{}', pkg, isPaused: true, quarantine: { 'a.gguf': { pieces: ['aa'] } } };
  expect(upgradeDraft(draft)).toBe(draft);
  const once = upgradeDraft({ manifest, quarantine: { 'a.gguf': ['aa'] } });
  expect(upgradeDraft(once)).toBe(once);
});
