import { expect, test } from 'vitest';
import { containerLock } from './container-lock.ts';

const packages = {
  '': { name: 'orilla', devDependencies: { vite: '8.0.0' } },
  'packages/relay': { name: '@orilla/relay', version: '0.1.0' },
  'node_modules/@orilla/relay': { resolved: 'packages/relay', link: true },
  'node_modules/pino': { version: '10.4.0', integrity: 'sha512-a' },
  'node_modules/undici': { version: '7.0.0', integrity: 'sha512-b', dev: true },
  'packages/relay/node_modules/undici': { version: '8.0.0', integrity: 'sha512-c' },
  'packages/core/node_modules/undici': { version: '6.0.0', integrity: 'sha512-d' },
};

test('keeps what is installed, at the same versions and with the same hashes', () => {
  const lock = containerLock({ lockfileVersion: 3, packages });
  expect(lock).toMatchObject({ lockfileVersion: 3, requires: true });
  expect(lock.packages['node_modules/pino']).toEqual({ version: '10.4.0', integrity: 'sha512-a' });
});

test('what the relay has of its own stays below it', () => {
  const lock = containerLock({ lockfileVersion: 3, packages });
  expect(lock.packages['node_modules/@orilla/relay/node_modules/undici']).toEqual({
    version: '8.0.0',
    integrity: 'sha512-c',
  });
});

test('leaves out workspace packages, and what only others of them have', () => {
  const { packages: kept } = containerLock({ lockfileVersion: 3, packages });
  expect(Object.keys(kept).sort()).toEqual([
    'node_modules/@orilla/relay/node_modules/undici',
    'node_modules/pino',
    'node_modules/undici',
  ]);
});

test('what the workspace needs for development only may be what the relay needs to run', () => {
  const { packages: kept } = containerLock({ lockfileVersion: 3, packages });
  expect(kept['node_modules/undici']).toEqual({ version: '7.0.0', integrity: 'sha512-b' });
});
