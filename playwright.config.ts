import { defineConfig } from '@playwright/test';
import { ensureChromium } from './tools/chromium/find-chromium.ts';
import { ensureF16Adapter } from './tools/webgpu-f16/f16-adapter.ts';

const chromium = await ensureChromium();
// `npm test` has brought the adapter and says which one it is; without it the browser has what the machine has.
const webgpuEnv = process.env.ORILLA_WEBGPU_ADAPTER === 'lavapipe' ? await lavapipeEnv() : {};

const launchOptions = { executablePath: chromium.executablePath, args: chromium.args };

/** One folder of browser tests under `test/`. */
const project = (name: string, timeout: number) => ({ name, testDir: `test/${name}`, timeout });

const longSuites = [
  '**/conformance/llamacpp.spec.ts',
  '**/conformance/webllm.spec.ts',
  '**/faults/{gpu-crash,large-pack,large-package}.spec.ts',
  '**/tabs/survival.spec.ts',
  '**/engines/*-cycles.spec.ts',
  '**/engines/webllm-library.spec.ts',
  '**/vllm/smollm2-onnx.spec.ts',
  '**/weights/many-tabs.spec.ts',
  '**/webgpu/{llamacpp-embedding,worker-on-gpu}.spec.ts',
];

export default defineConfig({
  // One browser at a time: a model takes every core there is.
  workers: 1,
  fullyParallel: false,
  retries: 0,
  forbidOnly: true,
  testMatch: '**/*.spec.ts',
  testIgnore: [
    // Where WebLLM's model library cannot be compiled; who starts the tests has said so.
    ...(process.env.ORILLA_WITHOUT_WEBLLM ? ['**/webllm*.spec.ts'] : []),
    // `npm test` runs a slice of what is long; the whole of it has commands of its own (`npm run conformance`, `npm run test:faults`).
    ...(process.env.ORILLA_SLICE ? longSuites : []),
  ],
  outputDir: 'test-results/playwright',
  reporter: [['list'], ['json', { outputFile: 'test-results/playwright.json' }]],
  expect: { timeout: 15_000 },
  // An action that waits for something that never comes says so, and does not take the whole test's time.
  use: { launchOptions, actionTimeout: 30_000, screenshot: 'only-on-failure', serviceWorkers: 'allow' },
  projects: [
    project('e2e', 120_000),
    project('conformance', 240_000),
    project('faults', 120_000),
    {
      // The first compilation of a shader takes tens of seconds.
      ...project('webgpu', 600_000),
      use: { launchOptions: { ...launchOptions, env: { ...process.env, ...webgpuEnv } } },
    },
    project('vllm', 300_000),
  ],
});

/** What puts lavapipe under Chromium. Nothing else may take its place unseen. */
async function lavapipeEnv(): Promise<Readonly<Record<string, string>>> {
  const lavapipe = await ensureF16Adapter();
  if ('notAvailable' in lavapipe)
    throw new Error(`${lavapipe.notAvailable}. Run npm run test:webgpu, which brings it.`);
  return lavapipe.env;
}
