import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scratchFolder } from '../test/scratch-folder.ts';
import { lavapipeDriver, packageNames } from './lavapipe-driver.ts';

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

/** Where lavapipe would be, with `file` in its place. */
async function unpacked(file: string) {
  const folder = await scratchFolder();
  const libraries = join(folder.path, 'usr', 'lib', process.arch === 'x64' ? 'x86_64-linux-gnu' : 'aarch64-linux-gnu');
  await mkdir(libraries, { recursive: true });
  const driver = join(libraries, 'libvulkan_lvp.so');
  await copyFile(file, driver);
  return { ...folder, driver };
}

test.runIf(process.platform === 'linux')('a driver that is there and loads is used without fetching', async () => {
  await using folder = await unpacked('/bin/ls');
  const lines: string[] = [];
  const driver = await lavapipeDriver(folder.path, { isRoot: false, log: (line) => lines.push(line) });
  expect(driver).toBe(folder.driver);
  expect(lines).toEqual([]);
});

test.runIf(process.platform === 'linux')('a file that is no library is an error, not a driver', async () => {
  await using folder = await unpacked(import.meta.filename);
  await expect(lavapipeDriver(folder.path, { isRoot: false })).rejects.toThrow(/ldd/);
});
