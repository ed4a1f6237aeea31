import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { scratchFolder } from '../test/scratch-folder.ts';
import { modelDigest, pythonDigest, runtimeDigest } from './build-digest.ts';

const scripts = {
  'build.py': 'build',
  'runtime.py': 'runtime',
  'requirements.txt': 'apache-tvm==1',
  'headers/src/support/utils.h': 'header',
  'ensure.ts': 'typescript',
};

/** The three digests of a folder of scripts, with one file changed. */
async function digestsWith(change: Partial<typeof scripts> = {}, compiler = 'emcc 1') {
  await using scratch = await scratchFolder();
  for (const [name, content] of Object.entries({ ...scripts, ...change })) {
    await mkdir(dirname(join(scratch.path, name)), { recursive: true });
    await writeFile(join(scratch.path, name), content);
  }
  const folder = scratch.path;
  return {
    model: await modelDigest({ folder }),
    runtime: await runtimeDigest(compiler, { folder }),
    python: await pythonDigest({ folder }),
  };
}

test('the same scripts have the same digests, wherever they lie', async () => {
  const digests = await digestsWith();
  expect(digests).toEqual(await digestsWith());
  expect(digests.model).toMatch(/^[0-9a-f]{16}$/);
});

test.each([
  ['build.py', { model: true, runtime: false, python: false }],
  ['runtime.py', { model: true, runtime: true, python: false }],
  ['headers/src/support/utils.h', { model: true, runtime: true, python: false }],
  ['requirements.txt', { model: true, runtime: true, python: true }],
  ['ensure.ts', { model: false, runtime: false, python: false }],
] as const)('a change of %s builds anew what is made of it', async (name, expected) => {
  const [before, after] = [await digestsWith(), await digestsWith({ [name]: 'changed' })];
  expect({
    model: before.model !== after.model,
    runtime: before.runtime !== after.runtime,
    python: before.python !== after.python,
  }).toEqual(expected);
});

test('another compiler compiles the runtime anew', async () => {
  const [before, after] = [await digestsWith(), await digestsWith({}, 'emcc 2')];
  expect(after.runtime).not.toBe(before.runtime);
  expect(after.model).toBe(before.model);
});
