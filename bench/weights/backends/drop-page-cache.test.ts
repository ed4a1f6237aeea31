import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scratchFolder } from '../../../tools/test/scratch-folder.ts';
import { dropPageCache } from './drop-page-cache.ts';

test('what is forgotten is still on the disk, to the last byte', async () => {
  await using folder = await scratchFolder();
  const bytes = Buffer.alloc(200_000, 'weights');
  await mkdir(join(folder.path, 'deep'));
  await writeFile(join(folder.path, 'large'), bytes);
  await writeFile(join(folder.path, 'deep', 'large'), bytes);
  await writeFile(join(folder.path, 'small'), 'text');
  await dropPageCache(folder.path);
  expect(await readFile(join(folder.path, 'large'))).toEqual(bytes);
  expect(await readFile(join(folder.path, 'deep', 'large'))).toEqual(bytes);
  expect(await readFile(join(folder.path, 'small'), 'utf8')).toBe('text');
});
