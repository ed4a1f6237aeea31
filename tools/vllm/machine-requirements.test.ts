import { expect, test } from 'vitest';
import { scratchFolder } from '../test/scratch-folder.ts';
import { requireDisk, requirePlatform } from './machine-requirements.ts';

test('Linux on x86-64 is what the pinned wheels are made for', () => {
  expect(() => requirePlatform({ platform: 'linux', arch: 'x64' })).not.toThrow();
});

test.each([
  { platform: 'darwin', arch: 'arm64' },
  { platform: 'linux', arch: 'arm64' },
  { platform: 'win32', arch: 'x64' },
])('on $platform $arch it says so, and what to do instead', (machine) => {
  expect(() => requirePlatform(machine)).toThrow(
    `this machine is ${machine.platform} ${machine.arch}. Start a vLLM elsewhere and name it as an upstream`,
  );
});

test('enough disk is no news', async () => {
  await requireDisk('/cache', 12e9, { freeBytes: async () => 12e9 });
});

test('too little disk: how much is needed, how much there is, and what to do', async () => {
  await expect(requireDisk('/cache', 12.1e9, { freeBytes: async () => 3.25e9 })).rejects.toThrow(
    'Installing vLLM needs 12.1 GB of free disk, and /cache has 3.3 GB. Free some and run the command again (it goes on ' +
      'where it stopped), or set ORILLA_CACHE to a folder on a larger disk.',
  );
});

test('asks the disk itself', async () => {
  await using folder = await scratchFolder();
  await requireDisk(folder.path, 1);
  await expect(requireDisk(folder.path, 1e21)).rejects.toThrow('Installing vLLM needs');
});
