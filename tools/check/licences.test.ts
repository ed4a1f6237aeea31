import { expect, test } from 'vitest';
import { isAllowed, packagesWithOtherLicence } from './licences.ts';

const allowed = new Set(['MIT', 'Apache-2.0']);

test.each([
  ['MIT', true],
  ['GPL-3.0-only', false],
  ['MIT OR GPL-3.0-only', true],
  ['GPL-3.0-only OR (Apache-2.0)', true],
  ['MIT AND GPL-3.0-only', false],
  ['(MIT AND Apache-2.0)', true],
  ['MIT AND (GPL-3.0-only OR Apache-2.0)', true],
  ['GPL-3.0-only AND MIT OR Apache-2.0', true],
  ['Apache-2.0 OR MIT AND GPL-3.0-only', true],
  ['GPL-2.0-only WITH Classpath-exception-2.0', false],
  ['MIT WITH something', false],
  ['SEE LICENSE IN LICENSE.md', false],
  ['(MIT', false],
  ['MIT)', false],
  ['', false],
])('%s → %s', (expression, expected) => {
  expect(isAllowed(expression, allowed)).toBe(expected);
});

const lockfile = (packages: Record<string, { version?: string; license?: string; dev?: boolean; link?: boolean }>) => ({
  packages,
});

test('names a package with another licence, or with none', () => {
  const packages = lockfile({
    'node_modules/good': { version: '1.0.0', license: 'MIT' },
    'node_modules/strict': { version: '2.0.0', license: 'AGPL-3.0-only' },
    'node_modules/good/node_modules/@scope/silent': { version: '3.0.0' },
  });
  expect(packagesWithOtherLicence(packages)).toEqual([
    'strict@2.0.0: AGPL-3.0-only',
    '@scope/silent@3.0.0: no licence',
  ]);
});

test('MPL-2.0 is for tools only', () => {
  const packages = lockfile({
    'node_modules/tool': { version: '1.0.0', license: 'MPL-2.0', dev: true },
    'node_modules/part': { version: '1.0.0', license: 'MPL-2.0' },
  });
  expect(packagesWithOtherLicence(packages)).toEqual(['part@1.0.0: MPL-2.0']);
});

test('OFL-1.1 is for fonts only', () => {
  const packages = lockfile({
    'node_modules/@fontsource-variable/figtree': { version: '5.0.0', license: 'OFL-1.1' },
    'node_modules/part': { version: '1.0.0', license: 'OFL-1.1' },
  });
  expect(packagesWithOtherLicence(packages)).toEqual(['part@1.0.0: OFL-1.1']);
});

test('our own packages are not judged', () => {
  const packages = lockfile({
    '': {},
    'packages/core': { version: '0.1.0' },
    'node_modules/@orilla/core': { link: true },
  });
  expect(packagesWithOtherLicence(packages)).toEqual([]);
});
