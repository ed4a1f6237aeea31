import { expect, test } from '@playwright/test';
import { webllmModel } from '../fixtures/webllm-model.ts';
import { webllmPackage } from '../fixtures/webllm-package.ts';
import { claims, featuresFor } from './claims.ts';
import { conformDevice } from './device.ts';

test('webllm does what the table says, and refuses the rest', async ({ context }) => {
  const made = await webllmPackage(await webllmModel(), { id: 'tiny', contextLength: 512 });
  const { results, part, features } = await conformDevice(context, {
    served: made.served,
    packages: (url) => ({ chat: made.describe(url) }),
    claims: claims.webllm,
  });
  expect(part).toMatchObject({ place: 'device', engine: 'webllm', backend: 'webgpu' });
  expect(results.filter(({ outcome }) => outcome === 'broken')).toEqual([]);
  expect(features.toSorted()).toEqual(featuresFor(claims.webllm));
});
