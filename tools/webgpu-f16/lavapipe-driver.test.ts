import { expect, test } from 'vitest';
import { packageNames } from './lavapipe-driver.ts';

test('names the packages that one depends on, without versions, the first of alternatives', () => {
  expect(packageNames('libvulkan1, libc6 (>= 2.34), libstdc++6 (>= 11), libllvm15 | libllvm16, zlib1g:any\n')).toEqual([
    'libvulkan1',
    'libc6',
    'libstdc++6',
    'libllvm15',
    'zlib1g',
  ]);
});

test('a package without dependencies has none', () => {
  expect(packageNames('\n')).toEqual([]);
});
