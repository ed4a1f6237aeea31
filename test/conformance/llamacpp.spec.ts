import { expect, test } from '@playwright/test';
import { embeddingGgufPackage } from '../fixtures/models/embedding-package.ts';
import { starterPackage } from '../fixtures/worker-page/open-page.ts';
import { claims, featuresFor } from './claims.ts';
import { conformDevice } from './device.ts';
import { suiteTimeoutMs } from './json/json-run.ts';
import { jsonFaults } from './json/judge-json.ts';

test('llamacpp does what the table says, and refuses the rest', async ({ context }) => {
  test.setTimeout(suiteTimeoutMs);
  const made = await starterPackage({ contextLength: 512 });
  const encoder = await embeddingGgufPackage();
  const { results, json, part, features } = await conformDevice(context, {
    served: { ...made.served, ...encoder.served },
    packages: (url) => ({ chat: made.describe(url), embedding: encoder.describe(url) }),
    claims: claims.llamacpp,
  });
  expect(part).toMatchObject({ place: 'device', engine: 'llamacpp', backend: 'wasm' });
  expect(results.filter(({ outcome }) => outcome === 'broken')).toEqual([]);
  expect(jsonFaults(json)).toEqual([]);
  expect(features.toSorted()).toEqual(featuresFor(claims.llamacpp));
});
