import { expect, test } from 'vitest';
import { ensurePodman } from './ensure-podman.ts';

const never = () => Promise.reject(new Error('must not be called'));

test('an installed podman is taken, and nothing is installed', async () => {
  expect(await ensurePodman({ version: async () => 'podman version 4', install: never })).toEqual({
    version: 'podman version 4',
  });
});

test('without one it is installed, and said', async () => {
  const lines: string[] = [];
  let isInstalled = false;
  const podman = await ensurePodman({
    log: (line) => lines.push(line),
    version: async () => (isInstalled ? 'podman version 5' : undefined),
    install: async () => {
      isInstalled = true;
    },
  });
  expect(podman).toEqual({ version: 'podman version 5' });
  expect(lines).toEqual([expect.stringContaining('installing podman')]);
});

test('where it cannot be had the reason is told, never thrown', async () => {
  const version = async () => undefined;
  expect(await ensurePodman({ version, install: undefined })).toEqual({ notRun: expect.stringContaining('only root') });
  const failing = () => Promise.reject(new Error('no network\nat somewhere'));
  expect(await ensurePodman({ version, install: failing })).toEqual({
    notRun: 'podman could not be installed (no network). Install it and try again',
  });
  expect(await ensurePodman({ version, install: () => Promise.resolve() })).toEqual({
    notRun: expect.stringContaining('does not start'),
  });
});

test('an abort ends the installation with the signal’s reason', async () => {
  const stop = new AbortController();
  const install = () => {
    stop.abort();
    return Promise.reject(new Error('killed'));
  };
  const stopped = ensurePodman({ version: async () => undefined, install, signal: stop.signal });
  await expect(stopped).rejects.toMatchObject({ name: 'AbortError' });
});
