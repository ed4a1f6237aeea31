import type { DevicePackage } from '@orilla/contract';
import { expect, test } from 'vitest';
import { workerDouble } from '../device/worker.double.ts';
import { createOrilla } from './create-orilla.ts';

const pkg = (id: string, weights: number): DevicePackage => ({
  id,
  engine: 'llamacpp',
  bytes: weights,
  contextLength: 10,
  memory: { weights, kvPerToken: 0, scratch: 0 },
  license: 'MIT',
  sources: [],
});
const catalog = {
  models: {
    both: { title: 'Both', device: [pkg('large', 2e9), pkg('small', 5e8)] },
    large: { title: 'Large', device: [pkg('large', 2e9)] },
    server: { title: 'At the relay', device: [] },
  },
};
const orilla = () => createOrilla({ catalog, device: { startWorker: () => workerDouble() } });

test('tells which package a question would use, and of each by which figures, without a download', async () => {
  const fit = await orilla().models.fits('both');
  expect(fit).toMatchObject({
    fits: true,
    packageId: 'small',
    packages: [
      { packageId: 'large', fits: false, needBytes: 2e9, haveBytes: 1e9 },
      { packageId: 'small', fits: true, needBytes: 5e8, downloadBytes: 5e8 },
    ],
  });
});

test('a model that does not fit, or is not for devices, has no package here', async () => {
  expect(await orilla().models.fits('large')).toMatchObject({
    fits: false,
    packageId: null,
    packages: [{ fits: false }],
  });
  expect(await orilla().models.fits('server')).toEqual({ fits: false, packageId: null, packages: [] });
});

test('without a device way nothing fits, and that is what is said', async () => {
  const without = createOrilla({ catalog, device: false });
  expect(await without.models.fits('both')).toMatchObject({
    fits: false,
    missing: expect.stringContaining('device way'),
  });
  expect(await without.capabilities()).toBeNull();
});

test('a model that the catalog does not have is an error', async () => {
  await expect(orilla().models.fits('other')).rejects.toMatchObject({ code: 'catalog.unknown-model' });
});

test('tells what the device can do', async () => {
  expect(await orilla().capabilities()).toMatchObject({
    engines: [{ name: 'llamacpp', backend: 'wasm' }],
    adapter: null,
    memory: { webgpu: null, wasm: { budgetBytes: 1e9 } },
  });
});

test('whoever stops waiting is told so', async () => {
  const signal = AbortSignal.abort();
  await expect(orilla().models.fits('both', { signal })).rejects.toMatchObject({ name: 'AbortError' });
  await expect(orilla().capabilities({ signal })).rejects.toMatchObject({ name: 'AbortError' });
});
