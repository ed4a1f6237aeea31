import type { Catalog, DevicePackage, StoredPackage } from '@orilla/contract';
import { expect, test } from 'vitest';
import { PackageNames } from './package-names.ts';

const memory = { weights: 1, kvPerToken: 1, scratch: 1 };
const pkg = (id: string): DevicePackage => ({
  id,
  engine: 'llamacpp',
  bytes: 10,
  contextLength: 64,
  memory,
  license: 'Apache-2.0',
  sources: [],
});
const catalog: Catalog = {
  models: {
    one: { title: 'One', device: [pkg('one-q4')] },
    two: { title: 'Two', device: [pkg('two-webgpu'), pkg('two-wasm')] },
    same: { title: 'Same', device: [pkg('same')] },
    relayed: { title: 'Relayed', device: [], relay: { model: 'r' } },
  },
};

function namesWith(...ids: readonly string[]) {
  const list = async () =>
    ids.map((id) => ({ ...pkg(id), state: 'complete', isComplete: true })) as unknown as StoredPackage[]; // only the ids count
  return new PackageNames({ catalog, list, choose: async (model) => `chosen for ${model}` });
}

test.each([
  ['one', [], 'one-q4'],
  ['one-q4', [], 'one-q4'],
  ['same', [], 'same'],
  ['two', ['two-wasm', 'other'], 'two-wasm'],
  ['two', [], 'chosen for two'],
  ['two', ['two-wasm', 'two-webgpu'], 'chosen for two'],
  ['two-webgpu', ['two-wasm'], 'two-webgpu'],
  ['relayed', [], 'chosen for relayed'],
  ['imported', ['imported'], 'imported'],
] as const)('%s, with %j stored, is %s', async (said, stored, id) => {
  expect(await namesWith(...stored).idOf(said)).toBe(id);
});

test.each(['nobody', '', 'constructor', '__proto__'])('%j is no name of anything', async (said) => {
  await expect(namesWith('one-q4').idOf(said)).rejects.toMatchObject({
    code: 'catalog.unknown-model',
    advice: expect.stringContaining('one, two, same, relayed'),
  });
});

test('a package that was given whole is known before it is stored', async () => {
  const names = namesWith();
  names.add('given');
  expect(await names.idOf('given')).toBe('given');
});
