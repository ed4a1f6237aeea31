import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scratchFolder } from '../test/scratch-folder.ts';
import { downloadMegabytes, pipSteps, removeHalfInstalled } from './pip-step.ts';
import { vllmPlaces, vllmVersion } from './vllm-places.ts';

const requirements = new URL('./requirements.txt', import.meta.url);
const places = vllmPlaces('/cache/vllm');

async function readPins(): Promise<string> {
  return readFile(requirements, 'utf8');
}

test('every package is pinned to one version for each Python', async () => {
  const lines = (await readPins()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  expect(lines.filter((line) => !/^[a-z0-9-]+==[a-z0-9.]+( ; python_version [<>=]+ '3\.\d+')?$/.test(line))).toEqual(
    [],
  );
});

test('no address stands among the pins: pip uses what the machine is set up with', async () => {
  expect(await readPins()).not.toMatch(/:\/\/|--index|--find-links/);
});

test('vLLM is pinned to the version that the cache folder is named after', async () => {
  expect(await readPins()).toContain(`\nvllm-cpu==${vllmVersion}\n`);
});

test('each large wheel is a step of its own, and all others are the last', async () => {
  const steps = pipSteps(places, await readPins(), 'requirements.txt');
  const names = steps.map((step) => step.name);
  expect(names).toContain('torch');
  expect(names.at(-1)).toBe('other-packages');
  expect(new Set(names).size).toBe(names.length);
});

test('each step says what it downloads, and together they say the whole', async () => {
  const steps = pipSteps(places, await readPins(), 'requirements.txt');
  const sizes = steps.map((step) => Number(/\((\d+) MB to download\)/.exec(step.says)?.[1]));
  expect(sizes.reduce((sum, size) => sum + size)).toBe(downloadMegabytes);
  expect(steps.find((step) => step.name === 'torch')?.says).toMatch(
    /^Installing torch==[\d.]+ \(527 MB to download\)\.$/,
  );
});

test('an installation from nothing asks for 12 GB of disk', async () => {
  const steps = pipSteps(places, await readPins(), 'requirements.txt');
  const gigabytes = steps.reduce((sum, step) => sum + step.diskBytes, 0) / 1e9;
  expect(gigabytes).toBeGreaterThanOrEqual(12);
  expect(gigabytes).toBeLessThan(13);
});

test('a new version of one package concerns its own step and the one for all others only', async () => {
  const pins = await readPins();
  const before = pipSteps(places, pins, 'requirements.txt');
  const after = pipSteps(places, pins.replace(/^triton==.*$/m, 'triton==9.9.9'), 'requirements.txt');
  const changed = after.filter((step, index) => step.input !== before[index]?.input);
  expect(changed.map((step) => step.name)).toEqual(['triton', 'other-packages']);
});

test('a large wheel that is not pinned is an error that names it', async () => {
  const pins = (await readPins()).replace(/^torch==.*$/m, '');
  expect(() => pipSteps(places, pins, 'requirements.txt')).toThrow('requirements.txt does not pin torch.');
});

test('a package that pip was cut off in is forgotten, and a whole one is kept', async () => {
  await using packages = await scratchFolder();
  for (const name of ['whole-1.0.dist-info', 'cut-1.0.dist-info', 'empty-1.0.dist-info', 'cut']) {
    await mkdir(join(packages.path, name));
    await writeFile(join(packages.path, name, 'METADATA'), 'Name: something');
  }
  await writeFile(join(packages.path, 'whole-1.0.dist-info', 'INSTALLER'), 'pip\n');
  await writeFile(join(packages.path, 'empty-1.0.dist-info', 'INSTALLER'), '');
  await removeHalfInstalled(packages.path);
  expect((await readdir(packages.path)).sort()).toEqual(['cut', 'whole-1.0.dist-info']);
});
