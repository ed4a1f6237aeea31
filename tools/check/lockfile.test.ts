import { expect, test } from 'vitest';
import { packagesWithAddress } from './lockfile.ts';

test('finds packages whose registry address is written down', () => {
  const packages = {
    '': { version: '0.1.0' },
    'node_modules/a': { version: '1.0.0' },
    'node_modules/b': { version: '1.0.0', resolved: 'https://registry.example/b.tgz' },
  };
  expect(packagesWithAddress({ packages })).toEqual(['node_modules/b']);
});

test('a workspace’s link is no address', () => {
  expect(
    packagesWithAddress({ packages: { 'node_modules/@orilla/core': { resolved: 'packages/core', link: true } } }),
  ).toEqual([]);
});
