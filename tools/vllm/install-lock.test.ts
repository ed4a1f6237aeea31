import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scratchFolder } from '../test/scratch-folder.ts';
import { withInstallLock } from './install-lock.ts';
import { startProcessGroup } from './process-group.ts';

test('holds the file with our process id while the work is done, then removes it', async () => {
  await using folder = await scratchFolder();
  const path = join(folder.path, 'new', 'installing.pid');
  const read = () => readFile(path, 'utf8');
  expect(await withInstallLock(path, read)).toBe(String(process.pid));
  await expect(read()).rejects.toThrow('ENOENT');
});

test('removes the file when the work fails', async () => {
  await using folder = await scratchFolder();
  const path = join(folder.path, 'installing.pid');
  const work = () => Promise.reject(new Error('no disk left'));
  await expect(withInstallLock(path, work)).rejects.toThrow('no disk left');
  await expect(readFile(path)).rejects.toThrow('ENOENT');
});

test('a second installation is refused with the process to wait for', async () => {
  await using folder = await scratchFolder();
  const path = join(folder.path, 'installing.pid');
  await withInstallLock(path, async () => {
    await expect(withInstallLock(path, async () => 'never')).rejects.toThrow(
      `Process ${process.pid} is installing vLLM already (${path}). Wait until it is done and run this again.`,
    );
  });
});

test('a file left by a process that was killed counts for nothing', async () => {
  await using folder = await scratchFolder();
  const path = join(folder.path, 'installing.pid');
  const gone = await startProcessGroup(process.execPath, ['-e', '']);
  await gone.ended;
  await writeFile(path, String(gone.pid));
  expect(await withInstallLock(path, async () => 'installed')).toBe('installed');
});

test.each(['', 'not a number', '-1', '0'])('a file that holds %j counts for nothing', async (content) => {
  await using folder = await scratchFolder();
  const path = join(folder.path, 'installing.pid');
  await writeFile(path, content);
  expect(await withInstallLock(path, async () => 'installed')).toBe('installed');
});
