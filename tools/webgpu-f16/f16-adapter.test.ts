import { spawnSync } from 'node:child_process';
import { readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { scratchFolder } from '../test/scratch-folder.ts';
import { buildShim, ensureF16Adapter } from './f16-adapter.ts';

const withCompiler = test.runIf(process.platform === 'linux' && spawnSync('cc', ['--version']).status === 0);

withCompiler('the shim is built once for a source, and anew when the source is another', async () => {
  await using folder = await scratchFolder();
  const source = join(folder.path, 'shim.c');
  await writeFile(source, 'int one(void) { return 1; }\n');
  const first = await buildShim(folder.path, { source });
  const { mtimeMs } = await stat(first);
  // Newer by its date alone is the same source.
  await utimes(source, new Date(), new Date(Date.now() + 60_000));
  expect(await buildShim(folder.path, { source })).toBe(first);
  expect((await stat(first)).mtimeMs).toBe(mtimeMs);

  await writeFile(source, 'int two(void) { return 2; }\n');
  await utimes(source, new Date(0), new Date(0));
  const second = await buildShim(folder.path, { source });
  expect(second).not.toBe(first);
  expect((await readFile(second)).includes('two')).toBe(true);
});

withCompiler('the real shim compiles, and leaves nothing else behind', async () => {
  await using folder = await scratchFolder();
  const shim = await buildShim(folder.path);
  expect(await readdir(folder.path)).toEqual([basename(shim)]);
});

test('a folder that cannot be written is a reason, not a crash', async () => {
  const adapter = await ensureF16Adapter({ folder: '/dev/null/webgpu-f16' });
  expect(adapter).toEqual({ notAvailable: expect.stringMatching(/^lavapipe cannot be had here: ENOTDIR/) });
});

test('an abort is the signal’s reason', async () => {
  const folder = '/dev/null/webgpu-f16';
  await expect(ensureF16Adapter({ folder, signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' });
});
