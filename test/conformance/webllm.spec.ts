import { expect, test } from '@playwright/test';
import { webllmModel } from '../fixtures/webllm-model.ts';
import { webllmPackage } from '../fixtures/webllm-package.ts';
import { claims, featuresFor } from './claims.ts';
import { conformDevice } from './device.ts';
import { suiteTimeoutMs } from './json/json-run.ts';
import { jsonFaults } from './json/judge-json.ts';

test('webllm does what the table says, and refuses the rest', async ({ context }) => {
  test.setTimeout(suiteTimeoutMs);
  const made = await webllmPackage(await webllmModel(), { id: 'tiny', contextLength: 512 });
  const { results, json, part, features } = await conformDevice(context, {
    served: made.served,
    packages: (url) => ({ chat: made.describe(url) }),
    claims: claims.webllm,
  });
  expect(part).toMatchObject({ place: 'device', engine: 'webllm', backend: 'webgpu' });
  expect(results.filter(({ outcome }) => outcome === 'broken')).toEqual([]);
  expect(jsonFaults(json)).toEqual([]);
  expect(features.toSorted()).toEqual(featuresFor(claims.webllm));
});
