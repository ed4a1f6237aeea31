import { expect, test } from 'vitest';
import { catalogEntry } from './catalog-entry.ts';
import { checkLicense, licenseName } from './license-name.ts';
import { checkPackageId, derivePackageId } from './package-id.ts';

test.each([
  ['SmolLM2-135M-Instruct.Q4_1.gguf', 'smollm2-135m-instruct-q4_1'],
  ['Llama-3.2-1B-Instruct-Q4_K_M.gguf', 'llama-3.2-1b-instruct-q4_k_m'],
  ['qwen2.5-0.5b.IQ3_XS.gguf', 'qwen2.5-0.5b-iq3_xs'],
  ['big-00001-of-00003.gguf', 'big'],
  ['Llama-3.2-1B-Instruct-q4f32_1-MLC', 'llama-3.2-1b-instruct-q4f32_1-mlc'],
  ['my model (new).gguf', 'my-model-new-'],
  ['_model', 'model'],
])('%s is called %s', (name, id) => {
  expect(derivePackageId(name)).toBe(id);
});

test.each(['', '.hidden', 'a/b', '../a', 'a b', 'ñ', 'x'.repeat(129)])('%j is no id', (id) => {
  expect(() => checkPackageId(id)).toThrow('is no package id');
});

test('a name of which nothing is left asks for an id', () => {
  expect(() => derivePackageId('漢字')).toThrow('by --id');
});

test.each([
  ['apache-2.0', 'Apache-2.0'],
  ['MIT', 'MIT'],
  [' cc-by-nc-4.0 ', 'CC-BY-NC-4.0'],
  ['llama3.2', 'LicenseRef-llama3.2'],
  ['Gemma', 'LicenseRef-gemma'],
  ['some words', 'LicenseRef-some-words'],
  ['LicenseRef-own', 'LicenseRef-own'],
  ['licenseref-Own terms', 'LicenseRef-own-terms'],
  ['mit or apache-2.0', 'MIT OR Apache-2.0'],
  ['(MIT AND cc0-1.0) OR LicenseRef-own', '(MIT AND CC0-1.0) OR LicenseRef-own'],
  ['GPL-2.0-only WITH Classpath-exception-2.0', 'GPL-2.0-only WITH Classpath-exception-2.0'],
  ['free or cheap', 'LicenseRef-free-or-cheap'],
  ['MIT OR', 'LicenseRef-mit-or'],
  ['漢字', undefined],
  ['!!!', undefined],
  ['2.0', undefined],
  ['LicenseRef-', undefined],
  ['other', undefined],
  ['', undefined],
  [undefined, undefined],
])('the license %j is %j', (told, name) => {
  expect(licenseName(told)).toBe(name);
  if (name !== undefined) expect(checkLicense(name)).toBe(name);
});

test('license expressions are taken, sentences are not', () => {
  for (const text of ['MIT OR Apache-2.0', '(MIT AND CC0-1.0)', 'GPL-2.0-only WITH Classpath-exception-2.0'])
    expect(checkLicense(text)).toBe(text);
  for (const text of ['', 'do what you want', 'MIT,Apache-2.0', 'MIT OR'])
    expect(() => checkLicense(text)).toThrow('SPDX');
});

const manifest = {
  schema: 'orilla.model/1',
  id: 'tiny',
  engine: 'llamacpp',
  files: [{ path: 'a.gguf', bytes: 5, sha256: '0'.repeat(64) }],
  contextLength: 128,
  memory: { weights: 5, kvPerToken: 1, scratch: 2 },
  license: 'MIT',
  requires: { features: ['shader-f16'] },
} as const;

test('the catalog entry names the mirror, and the hub where one file is all', () => {
  const { schema: _, files: __, ...told } = manifest;
  const mirror = { kind: 'mirror', url: '/orilla/v1/models/tiny/' };
  expect(catalogEntry(manifest)).toEqual({ ...told, bytes: 5, sources: [mirror] });
  const hub = { repository: 'us/model', revision: 'c0ffee', folder: 'deep' };
  expect(catalogEntry(manifest, { hub }).sources).toEqual([
    mirror,
    { kind: 'hub', repository: 'us/model', revision: 'c0ffee', path: 'deep/a.gguf' },
  ]);
  expect(catalogEntry(manifest, { task: 'embedding' })).toMatchObject({ engine: 'llamacpp', task: 'embedding' });
  const two = { ...manifest, files: [...manifest.files, { ...manifest.files[0], path: 'b' }] };
  expect(catalogEntry(two, { hub })).toMatchObject({ bytes: 10, sources: [mirror] });
});
