import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packagesWithAddress } from '../../tools/check/lockfile.ts';
import { scratchFolder } from '../../tools/test/scratch-folder.ts';
import { ensurePeers } from './ensure-peers.ts';

const lockfile = JSON.parse(await readFile(join(import.meta.dirname, 'package-lock.json'), 'utf8'));

async function fillPeers(folder: string): Promise<void> {
  await mkdir(join(folder, 'node_modules'));
  await writeFile(join(folder, 'node_modules', 'peer.js'), '');
}

test('fetches them once, by the lockfile, and says so', async () => {
  await using scratch = await scratchFolder();
  const told: string[] = [];
  const locked: unknown[] = [];
  const options = {
    cache: scratch.path,
    log: (message: string) => told.push(message),
    install: async (folder: string) => {
      locked.push(JSON.parse(await readFile(join(folder, 'package-lock.json'), 'utf8')));
      await fillPeers(folder);
    },
  };
  const first = await ensurePeers(options);
  expect(await ensurePeers(options)).toEqual(first);
  expect(locked).toEqual([lockfile]);
  expect(told).toEqual(['Fetching Transformers.js, once, to compare with.']);
  if (!('path' in first)) throw new Error(first.notRun);
  expect(await readFile(join(first.path, 'node_modules', 'peer.js'), 'utf8')).toBe('');
});

test('where they can’t be had it says why, and the next time tries again', async () => {
  await using scratch = await scratchFolder();
  const install = async () => {
    throw new Error('Command failed: npm ci\nnpm error code ENOTFOUND\nnpm error errno ENOTFOUND');
  };
  expect(await ensurePeers({ cache: scratch.path, install })).toEqual({
    notRun: "Transformers.js can't be fetched here: npm error code ENOTFOUND",
  });
  expect(await ensurePeers({ cache: scratch.path, install: fillPeers })).toHaveProperty('path');
});

test('an abort is an abort', async () => {
  await using scratch = await scratchFolder();
  const stop = new AbortController();
  const install = async () => {
    stop.abort();
    throw new Error('killed');
  };
  await expect(ensurePeers({ cache: scratch.path, install, signal: stop.signal })).rejects.toThrow(
    expect.objectContaining({ name: 'AbortError' }),
  );
});

test('every package is checked by a hash, and comes from whatever registry this machine has', () => {
  expect(packagesWithAddress(lockfile)).toEqual([]);
  for (const [path, { integrity }] of Object.entries<{ integrity?: string }>(lockfile.packages))
    if (path !== '') expect(integrity, path).toMatch(/^sha512-/);
});
