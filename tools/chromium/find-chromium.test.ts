import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scratchFolder } from '../test/scratch-folder.ts';
import { chromiumArgs } from './chromium-args.ts';
import type { ChromiumBringer } from './chromium-bringers.ts';
import { ensureChromium } from './find-chromium.ts';

/** A program that answers `--version`, or fails, as a browser at that path would. */
async function program(folder: string, name: string, script: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return path;
}

const nothing = { env: {}, places: [], bringers: [] };

const bringerOf = (name: string, bring: ChromiumBringer['bring']): ChromiumBringer => ({ name, bring });

test('CHROME_PATH comes before what is installed', async () => {
  await using folder = await scratchFolder();
  const chosen = await program(folder.path, 'chosen', 'echo Chromium 1');
  const installed = await program(folder.path, 'installed', 'echo Chromium 2');
  const found = await ensureChromium({ ...nothing, env: { CHROME_PATH: chosen }, places: [installed] });
  expect(found).toEqual({ executablePath: chosen, version: 'Chromium 1', args: chromiumArgs() });
});

test('a CHROME_PATH that does not start is an error, never silently replaced', async () => {
  await using folder = await scratchFolder();
  const broken = await program(folder.path, 'broken', 'exit 127');
  const installed = await program(folder.path, 'installed', 'echo Chromium 2');
  const options = { ...nothing, places: [installed] };
  await expect(ensureChromium({ ...options, env: { CHROME_PATH: broken } })).rejects.toThrow(/does not start/);
  await expect(ensureChromium({ ...options, env: { CHROME_PATH: '/nowhere' } })).rejects.toThrow(
    /CHROME_PATH is \/now/,
  );
});

test('an installed one that does not start is passed over', async () => {
  await using folder = await scratchFolder();
  const broken = await program(folder.path, 'broken', 'echo "cannot open shared object" >&2; exit 127');
  const good = await program(folder.path, 'good', 'echo Chromium 3');
  const found = await ensureChromium({ ...nothing, places: ['/nowhere', broken, good] });
  expect(found).toMatchObject({ executablePath: good, version: 'Chromium 3' });
});

test('with none installed the bringers are tried in order, and told about', async () => {
  await using folder = await scratchFolder();
  const brought = await program(folder.path, 'brought', 'echo Chromium 4');
  const lines: string[] = [];
  const found = await ensureChromium({
    ...nothing,
    log: (line) => lines.push(line),
    bringers: [
      bringerOf('a download', () => Promise.reject(new Error('no network\nat somewhere'))),
      bringerOf('a broken one', async () => '/nowhere'),
      { ...bringerOf('not for you', async () => brought), unusable: 'only root can' },
      bringerOf('a package', async () => brought),
    ],
  });
  expect(found.executablePath).toBe(brought);
  expect(lines).toEqual([
    'No Chromium found; installing a download.',
    'No Chromium found; installing a broken one.',
    'No Chromium found; installing a package.',
  ]);
});

test('when nothing helps the message says what was tried and what to do', async () => {
  const failed = ensureChromium({
    ...nothing,
    bringers: [
      bringerOf('a download', () => Promise.reject(new Error('no network\nat somewhere'))),
      { ...bringerOf('a package', async () => ''), unusable: 'only root can' },
    ],
  });
  const message = await failed.then(String, String);
  expect(message).toContain('  - a download: no network\n  - a package: only root can\n');
  expect(message).toContain('set CHROME_PATH');
});

test('an abort ends the search with the signal’s reason', async () => {
  const stop = new AbortController();
  const bringer = bringerOf('a download', async () => {
    stop.abort();
    throw new Error('killed');
  });
  const stopped = ensureChromium({ ...nothing, signal: stop.signal, bringers: [bringer] });
  await expect(stopped).rejects.toMatchObject({ name: 'AbortError' });
});

test('only root starts it without the sandbox', () => {
  expect(chromiumArgs({ isRoot: true })).toContain('--no-sandbox');
  expect(chromiumArgs({ isRoot: false })).not.toContain('--no-sandbox');
});
