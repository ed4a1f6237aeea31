import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { scratchFolder } from '../test/scratch-folder.ts';
import { type EnsureSmolLm2OnnxOptions, ensureSmolLm2Onnx } from './smollm2-onnx.ts';

const gguf = { path: '/starter.gguf', sha256: 'ab'.repeat(32) };

/** A cache of its own, and an export that takes no PyTorch. */
async function setUp(options: EnsureSmolLm2OnnxOptions = {}) {
  const scratch = await scratchFolder();
  onTestFinished(() => scratch[Symbol.asyncDispose]());
  const builds: unknown[] = [];
  const lines: string[] = [];
  const build: EnsureSmolLm2OnnxOptions['build'] = async (path, folder, { python }) => {
    builds.push([path, python]);
    await writeFile(join(folder, 'model.onnx'), 'a graph');
  };
  const shared = { cache: scratch.path, gguf, build, bringPython: async () => '/python' };
  const ensure = (more: EnsureSmolLm2OnnxOptions = {}) =>
    ensureSmolLm2Onnx({ ...shared, log: (line) => lines.push(line), ...options, ...more });
  return { ensure, cache: scratch.path, builds, lines };
}

test('is made once of the file that was given, by the Python that was brought, and found from then on', async () => {
  const { ensure, builds, lines } = await setUp();
  const { folder, paths } = await ensure();
  expect(await readFile(join(folder, 'model.onnx'), 'utf8')).toBe('a graph');
  expect(paths).toContain('model.onnx_data');
  expect((await ensure()).folder).toBe(folder);
  expect(builds).toEqual([['/starter.gguf', '/python']]);
  expect(lines).toEqual([expect.stringContaining('200 MB')]);
});

test('another model file is another folder', async () => {
  const { ensure, builds } = await setUp();
  const [one, other] = [await ensure(), await ensure({ gguf: { ...gguf, sha256: 'cd'.repeat(32) } })];
  expect(one.folder).not.toBe(other.folder);
  expect(builds).toHaveLength(2);
});

test.each(['bringPython', 'build'] as const)(
  'where %s fails nothing stays that could be taken for whole',
  async (step) => {
    const fails = () => Promise.reject(new Error('no room on the disk'));
    const { ensure, cache } = await setUp({ [step]: fails });
    await expect(ensure()).rejects.toThrow('no room on the disk');
    expect(await readdir(cache)).toEqual([]);
  },
);
