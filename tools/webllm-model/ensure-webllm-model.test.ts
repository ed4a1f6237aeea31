import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { scratchFolder } from '../test/scratch-folder.ts';
import { modelDigest } from './build-digest.ts';
import { type EnsureWebllmModelOptions, ensureWebllmModel } from './ensure-webllm-model.ts';

/** A cache of its own, and a build that takes no compiler and no minute. */
async function setUp(options: EnsureWebllmModelOptions = {}) {
  const scratch = await scratchFolder();
  onTestFinished(() => scratch[Symbol.asyncDispose]());
  const lines: string[] = [];
  let builds = 0;
  const build = async (folder: string) => {
    builds++;
    await writeFile(join(folder, 'reference.json'), '{}');
  };
  const ensure = () => ensureWebllmModel({ cache: scratch.path, build, log: (line) => lines.push(line), ...options });
  return { ensure, cache: scratch.path, lines, builds: () => builds };
}

test('it is built once under the name of what it is made by, says so, and is found from then on', async () => {
  const { ensure, cache, lines, builds } = await setUp();
  const path = join(cache, `model-${await modelDigest()}`);
  expect(await ensure()).toEqual({ path });
  expect(await ensure()).toEqual({ path });
  expect(builds()).toBe(1);
  expect(await readdir(path)).toEqual(['reference.json']);
  expect(lines).toEqual([expect.stringContaining('one to three minutes')]);
});

test('the runtime and the packages are kept beside the model', async () => {
  let kept: string | undefined;
  const { ensure, cache } = await setUp({
    build: async (_, options) => {
      kept = options.cache;
    },
  });
  await ensure();
  expect(kept).toBe(cache);
});

test('where it cannot be built the reason is told, never thrown, and nothing is left', async () => {
  const { ensure, cache } = await setUp({ build: () => Promise.reject(new Error('there is no emcc here.')) });
  expect(await ensure()).toEqual({
    notRun: 'the tiny WebLLM model could not be built: there is no emcc here, and try again',
  });
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
