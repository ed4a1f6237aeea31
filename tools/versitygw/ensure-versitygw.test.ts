import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type EnsureVersitygwOptions, ensureVersitygw, versitygwVersion } from './ensure-versitygw.ts';

/** A cache of its own, and a build that takes no Go and no minute. */
async function setUp(options: EnsureVersitygwOptions = {}) {
  const cache = await mkdtemp(join(tmpdir(), 'orilla-versitygw-'));
  onTestFinished(() => rm(cache, { recursive: true }));
  const lines: string[] = [];
  let builds = 0;
  const build = async (folder: string) => {
    builds++;
    await writeFile(join(folder, 'versitygw'), 'a program');
  };
  const folder = join(cache, 'versitygw');
  const ensure = (more: EnsureVersitygwOptions = {}) =>
    ensureVersitygw({
      folder,
      build,
      versionOf: async () => versitygwVersion,
      log: (line) => lines.push(line),
      ...options,
      ...more,
    });
  return { ensure, folder, cache, lines, builds: () => builds };
}

test('it is built once, says so, and is found from then on', async () => {
  const { ensure, folder, lines, builds } = await setUp();
  expect(await ensure()).toEqual({ path: join(folder, 'versitygw') });
  expect(await ensure()).toEqual({ path: join(folder, 'versitygw') });
  expect(builds()).toBe(1);
  expect(lines).toEqual([expect.stringContaining('takes about a minute')]);
});

test('two that build at once end with the same program and leave nothing else', async () => {
  const { ensure, folder, cache } = await setUp();
  expect(await Promise.all([ensure(), ensure()])).toEqual([
    { path: join(folder, 'versitygw') },
    { path: join(folder, 'versitygw') },
  ]);
  expect(await readdir(cache)).toEqual(['versitygw']);
});

test('a program of another version is not taken', async () => {
  const { ensure, cache } = await setUp({ versionOf: async () => '1.7.0' });
  expect(await ensure()).toEqual({ notRun: expect.stringContaining('version 1.7.0') });
  expect(await readdir(cache)).toEqual([]);
});

test.each([
  ['there is no Go here. Install Go', Object.assign(new Error('spawn go ENOENT'), { code: 'ENOENT' })],
  [
    'could not be built (dial tcp: no route to host)',
    Object.assign(new Error('x'), { stderr: 'a\ndial tcp: no route to host\n' }),
  ],
  ['could not be built (killed)', new Error('killed')],
])('where it cannot be had the reason is told, never thrown: %s', async (reason, error) => {
  const { ensure, cache } = await setUp({ build: () => Promise.reject(error) });
  expect(await ensure()).toEqual({ notRun: expect.stringContaining(reason) });
  expect(await readdir(cache)).toEqual([]);
});

test("an abort ends the building with the signal's reason", async () => {
  const stop = new AbortController();
  const { ensure } = await setUp({
    signal: stop.signal,
    build: () => {
      stop.abort();
      return Promise.reject(new Error('killed'));
    },
  });
  await expect(ensure()).rejects.toMatchObject({ name: 'AbortError' });
});
