import { expect, test } from '@playwright/test';
import { ensureChromium } from '../../tools/chromium/find-chromium.ts';
import { tinyEncoderPackage } from '../fixtures/models/embedding-package.ts';
import { tinyOnnxPackage } from '../fixtures/models/tiny-onnx-package.ts';
import { claims, featuresFor } from './claims.ts';
import { conformDevice } from './device.ts';
import { suiteTimeoutMs } from './json/json-run.ts';
import { jsonFaults } from './json/judge-json.ts';
import { toolTemplates } from './tool-templates.ts';

// On the CPU: a GPU in software takes minutes for the same. That both compute the same is shown in test/e2e/engines.
const { executablePath, args } = await ensureChromium();
test.use({ launchOptions: { executablePath, args: args.filter((arg) => arg !== '--enable-unsafe-webgpu') } });

test('onnx does what the table says, and refuses the rest', async ({ context }) => {
  test.setTimeout(suiteTimeoutMs);
  const chat = tinyOnnxPackage();
  const encoder = tinyEncoderPackage();
  const families = Object.entries(toolTemplates).map(([id, chatTemplate]) => tinyOnnxPackage({ id, chatTemplate }));
  const { results, json, part, features } = await conformDevice(context, {
    served: Object.assign({}, ...[chat, encoder, ...families].map((made) => made.served)),
    packages: (url) => ({
      chat: chat.describe(url),
      embedding: encoder.describe(url),
      families: families.map((made) => made.describe(url)),
    }),
    claims: claims.onnx,
  });
  expect(part).toMatchObject({ place: 'device', engine: 'onnx', backend: 'wasm' });
  expect(results.filter(({ outcome }) => outcome === 'broken')).toEqual([]);
  expect(jsonFaults(json)).toEqual([]);
  expect(features.toSorted()).toEqual(featuresFor(claims.onnx));
});
