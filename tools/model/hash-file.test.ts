import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scratchFolder } from '../test/scratch-folder.ts';
import { hashFile } from './hash-file.ts';

test('is SHA-256 in lower-case hex (the empty string, and "abc" from FIPS 180-4)', async () => {
  await using folder = await scratchFolder();
  const path = join(folder.path, 'file');
  await writeFile(path, '');
  expect(await hashFile(path)).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  await writeFile(path, 'abc');
  expect(await hashFile(path)).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});

test('a file of many pieces is hashed in order (a million "a", from FIPS 180-4)', async () => {
  await using folder = await scratchFolder();
  const path = join(folder.path, 'file');
  await writeFile(path, 'a'.repeat(1_000_000));
  expect(await hashFile(path)).toBe('cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0');
});

test('an abort is the signal’s reason', async () => {
  await using folder = await scratchFolder();
  const path = join(folder.path, 'file');
  await writeFile(path, 'abc');
  await expect(hashFile(path, { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' });
});

test('a file that is not there is an error', async () => {
  await expect(hashFile('/nowhere/file')).rejects.toMatchObject({ code: 'ENOENT' });
});
