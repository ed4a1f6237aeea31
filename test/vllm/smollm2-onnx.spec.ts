import { join } from 'node:path';
import type { DevicePackage } from '@orilla/contract';
import { expect, test } from '@playwright/test';
import { ensureSmolLm2Onnx } from '../../tools/model/smollm2-onnx.ts';
import { scratchFolder } from '../../tools/test/scratch-folder.ts';
import { startMirrorServer } from '../fixtures/worker-page/mirror-server.ts';
import { openWorkerPage } from '../fixtures/worker-page/open-page.ts';
import { servePage } from '../fixtures/worker-page/serve-page.ts';
import { runCli } from '../integration/cli/run-cli.ts';

// Here, because it is vLLM's PyTorch that exports the model.

test('the starter model as ONNX, packed by `orilla pack`, answers in the onnx engine as it does in the others', async ({
  context,
}) => {
  const { folder, paths, license } = await ensureSmolLm2Onnx();
  await using scratch = await scratchFolder();
  const id = 'smollm2-onnx';
  const packed = await runCli([
    'pack',
    folder,
    ...['--to', scratch.path, '--id', id, '--license', license, '--context', '512', '--json'],
  ]);
  expect(packed.stderr).toBe('');
  const entry: DevicePackage = JSON.parse(packed.stdout);
  const served = ['manifest.json', ...paths.map((path) => `files/${path}`)].map((path) => `${id}/${path}`);
  const files = Object.fromEntries(served.map((path) => [path, join(scratch.path, path)]));
  await using mirror = await startMirrorServer({ files });
  await using server = await servePage({ isolated: true });
  const page = await openWorkerPage(context, server.url);
  // Chromium's GPU in software takes minutes for what its CPU does in a second, and no browser offers it to people.
  await page.workers()[0]?.evaluate(() => Object.defineProperty(navigator, 'gpu', { value: undefined }));
  const pkg: DevicePackage = { ...entry, sources: [{ kind: 'mirror', url: `${mirror.url}${id}/` }] };
  const loaded = await page.evaluate((pkg) => window.harness.load(pkg), pkg);
  expect(loaded.error).toBeNull();
  expect(loaded.result).toMatchObject({ engine: 'onnx', backend: 'wasm', contextLength: 512 });
  const { text, events, error } = await page.evaluate(
    (id) =>
      window.harness.generate(id, {
        model: id,
        messages: [
          { role: 'system', content: 'Answer in one short sentence.' },
          { role: 'user', content: 'What is the capital of France?' },
        ],
        temperature: 0,
        max_tokens: 12,
      }),
    id,
  );
  expect(error).toBeNull();
  expect(text).toContain('Paris');
  // As llama.cpp counts the same question to the same model.
  expect(events.at(-1)).toMatchObject({ type: 'finish', promptTokens: 27 });
});
