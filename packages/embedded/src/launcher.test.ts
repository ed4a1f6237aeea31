import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { launch } from './launcher.ts';

const config = { name: 'embedded', modelPath: 'none.gguf', contextLength: 512, threads: 1, sequences: 1 };
const { signal } = new AbortController();
const log = () => undefined;

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'orilla-launch-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

const couldNotStart = {
  code: 'engine.load-failed',
  message: expect.stringMatching(/^The embedded upstream could not be started: /),
};

test('a program that is not there is a failed start, not an accident', async () => {
  const execPath = join(await folder(), 'no-node');
  await expect(launch(config, { signal, log, execPath })).rejects.toMatchObject({
    ...couldNotStart,
    message: expect.stringContaining('ENOENT'),
  });
});

test('so is one that may not be run', async () => {
  const path = await folder();
  const execPath = join(path, 'node');
  await writeFile(execPath, 'text', { mode: 0o600 });
  await expect(launch(config, { signal, log, execPath })).rejects.toMatchObject(couldNotStart);
  expect(await readdir(path)).toEqual(['node']);
});

test('so is one that ends at once', async () => {
  const execPath = join(await folder(), 'node');
  await writeFile(execPath, '#!/bin/sh\nexit 3\n', { mode: 0o700 });
  await expect(launch(config, { signal, log, execPath })).rejects.toMatchObject(couldNotStart);
});
