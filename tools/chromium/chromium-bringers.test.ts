import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scratchFolder } from '../test/scratch-folder.ts';
import { debianChromium } from './chromium-bringers.ts';

/** A folder with an `apt-get` that writes down how it was called and then does as told; nothing else is on its PATH. */
async function aptGet(then: string) {
  const folder = await scratchFolder();
  const log = join(folder.path, 'calls');
  await writeFile(join(folder.path, 'apt-get'), `#!/bin/sh\necho "$DEBIAN_FRONTEND $*" >> '${log}'\n${then}\n`);
  await chmod(join(folder.path, 'apt-get'), 0o755);
  return { ...folder, env: { PATH: folder.path }, calls: async () => (await readFile(log, 'utf8')).trim().split('\n') };
}

test('brings its lists up to date and installs without a question', async () => {
  await using apt = await aptGet('exit 0');
  expect(await debianChromium({ isRoot: true, env: apt.env }).bring({})).toBe('/usr/bin/chromium');
  expect(await apt.calls()).toEqual([
    'noninteractive -qq update',
    'noninteractive -qq install -y --no-install-recommends chromium',
  ]);
});

test('fails with what apt said', async () => {
  await using apt = await aptGet('echo "Reading…" >&2; echo "E: Unable to locate package chromium" >&2; exit 100');
  await expect(debianChromium({ isRoot: true, env: apt.env }).bring({})).rejects.toThrow(
    /^Unable to locate package chromium$/,
  );
});

test('a machine without apt is an error, not a crash', async () => {
  const bringing = debianChromium({ isRoot: true, env: { PATH: '/nowhere' } }).bring({});
  await expect(bringing).rejects.toMatchObject({ code: 'ENOENT' });
});

test('is not even tried by somebody who is not root', () => {
  expect(debianChromium({ isRoot: false }).unusable).toMatch(/only root/);
});
