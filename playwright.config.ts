import { defineConfig } from '@playwright/test';
import { ensureChromium } from './tools/chromium/find-chromium.ts';
import { ensureF16Adapter } from './tools/webgpu-f16/f16-adapter.ts';

const chromium = await ensureChromium();
// `npm test` has looked at the adapters and says which one to use; without it lavapipe is used where it can be had.
const lavapipe = process.env.ORILLA_WEBGPU_ADAPTER === 'machine' ? { env: {} } : await ensureF16Adapter();
const webgpuEnv = 'env' in lavapipe ? lavapipe.env : {};

const launchOptions = { executablePath: chromium.executablePath, args: chromium.args };

/** One folder of browser tests under `test/`. */
const project = (name: string, timeout: number) => ({ name, testDir: `test/${name}`, timeout });

export default defineConfig({
  // One browser at a time: a model takes every core there is.
  workers: 1,
  fullyParallel: false,
  retries: 0,
  forbidOnly: true,
  testMatch: '**/*.spec.ts',
  outputDir: 'test-results/playwright',
  reporter: [['list'], ['json', { outputFile: 'test-results/playwright.json' }]],
  expect: { timeout: 15_000 },
  use: { launchOptions, screenshot: 'only-on-failure', serviceWorkers: 'allow' },
  projects: [
    project('e2e', 120_000),
    {
      // The first compilation of a shader takes tens of seconds.
      ...project('webgpu', 600_000),
      use: { launchOptions: { ...launchOptions, env: { ...process.env, ...webgpuEnv } } },
    },
    project('vllm', 300_000),
    project('container', 120_000),
  ],
});
