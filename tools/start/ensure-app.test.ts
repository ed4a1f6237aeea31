import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ensureApp, findApp } from './ensure-app.ts';

let root: string;
let builds: number;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'orilla-start-'));
  builds = 0;
  for (const path of [
    'demo/index.html',
    'demo/src/main.tsx',
    'demo/src/main.test.tsx',
    'packages/core/src/index.ts',
    'package-lock.json',
  ])
    await write(path, path);
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
}

const { signal } = new AbortController();
const ensure = (options: Partial<Parameters<typeof ensureApp>[0]> = {}) =>
  ensureApp({
    root,
    signal,
    log: () => undefined,
    build: async ({ folder }) => {
      builds++;
      await writeFile(join(folder, 'index.html'), `build ${builds}`);
    },
    ...options,
  });
const served = () => readFile(join(root, 'demo', 'dist', 'index.html'), 'utf8');

test('what was built is used as long as nothing it is built from has changed', async () => {
  expect(await ensure()).toBe(join(root, 'demo', 'dist'));
  await ensure();
  expect([builds, await served()]).toEqual([1, 'build 1']);
});

test.each([
  ['a changed source', () => write('demo/src/main.tsx', 'changed')],
  ['a new source', () => write('packages/worker/src/new.ts', 'new')],
  ['a removed source', () => rm(join(root, 'packages/core/src/index.ts'))],
  ['another version of a dependency', () => write('package-lock.json', 'changed')],
  ['a lost build', () => rm(join(root, 'demo', 'dist'), { recursive: true })],
])('%s leads to another build', async (_, change) => {
  await ensure();
  await change();
  await ensure();
  expect([builds, await served()]).toEqual([2, 'build 2']);
});

test('a changed test does not', async () => {
  await ensure();
  await write('demo/src/main.test.tsx', 'changed');
  await ensure();
  expect(builds).toBe(1);
});

test('a build that fails leaves the last one in its place, and is tried again', async () => {
  await ensure();
  await write('demo/src/main.tsx', 'broken');
  const broken = async () => {
    throw new Error('Unexpected token');
  };
  await expect(ensure({ build: broken })).rejects.toThrow('Unexpected token');
  expect(await served()).toBe('build 1');
  await ensure();
  expect(await served()).toBe('build 2');
});

test('an aborted build leaves nothing half done', async () => {
  const controller = new AbortController();
  const aborting = ensure({
    signal: controller.signal,
    build: async ({ folder }) => {
      await writeFile(join(folder, 'index.html'), 'half');
      controller.abort();
    },
  });
  await expect(aborting).rejects.toMatchObject({ name: 'AbortError' });
  await expect(served()).rejects.toThrow('ENOENT');
  expect(await readdir(join(root, 'node_modules', '.cache'))).toEqual([]);
});

test('two builds at the same time both end with a whole one', async () => {
  await Promise.all([ensure(), ensure()]);
  expect(builds).toBe(2);
  expect(await served()).toMatch(/^build [12]$/);
});

test('without building, the last build is found, or its absence told with what to do', async () => {
  await expect(findApp(root)).rejects.toThrow('Leave out --no-build');
  await ensure();
  expect(await findApp(root)).toBe(join(root, 'demo', 'dist'));
});
