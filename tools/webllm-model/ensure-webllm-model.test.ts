import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { scratchFolder } from '../test/scratch-folder.ts';
import { modelDigest } from './build-digest.ts';
import { type EnsureWebllmModelOptions, ensureWebllmModel } from './ensure-webllm-model.ts';

const tools = { emcc: 'emcc 3', python: '/python' };

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
  const log = (line: string) => lines.push(line);
  const ensure = () =>
    ensureWebllmModel({ cache: scratch.path, bringTools: async () => tools, build, log, ...options });
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

test('it is built by the tools that were brought, and the cache keeps what the next build can use', async () => {
  const given: unknown[] = [];
  const { ensure, cache } = await setUp({ build: async (_, ...others) => void given.push(...others) });
  await ensure();
  expect(given).toEqual([tools, expect.objectContaining({ cache })]);
});

test('where there can be no compiler the reason is told, never thrown, and nothing is left', async () => {
  const bringTools = () => Promise.reject(new Error('python -m pip ended with exit code 1:\nno network'));
  const { ensure, cache, builds } = await setUp({ bringTools });
  expect(await ensure()).toEqual({ notRun: 'the tiny WebLLM model cannot be built here: no network' });
  expect(builds()).toBe(0);
  expect(await readdir(cache)).toEqual([]);
});

test('a build that fails though the compilers are there is an error, not a machine that can have none', async () => {
  const { ensure, cache } = await setUp({ build: () => Promise.reject(new Error('error: no such header')) });
  await expect(ensure()).rejects.toThrow('no such header');
  expect(await readdir(cache)).toEqual([]);
});

test.each(['bringTools', 'build'] as const)("an abort in %s ends it with the signal's reason", async (step) => {
  const stop = new AbortController();
  const aborted = async () => {
    stop.abort();
    throw stop.signal.reason;
  };
  const { ensure } = await setUp({ signal: stop.signal, [step]: aborted });
  await expect(ensure()).rejects.toMatchObject({ name: 'AbortError' });
});
