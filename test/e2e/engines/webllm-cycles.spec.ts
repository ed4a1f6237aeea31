import { chromium, expect, test } from '@playwright/test';
import { readWebllmReference } from '../../../tools/webllm-model/webllm-reference.ts';
import { webllmModel } from '../../fixtures/webllm-model.ts';
import { webllmPackage } from '../../fixtures/webllm-package.ts';
import { startMirrorServer } from '../../fixtures/worker-page/mirror-server.ts';
import { collectsGarbage, notedMemory, noteMemory, residentMiBOf } from '../../fixtures/worker-page/noted-memory.ts';
import { openWorkerPage } from '../../fixtures/worker-page/open-page.ts';
import { servePage } from '../../fixtures/worker-page/serve-page.ts';

// What a model took must be free when it is unloaded: of the GPU, of the worker, and of the machine.

const cycles = 20;
/** What is loaded once, and stays: code, shaders, caches of the browser. */
const firstCycles = 3;
/** The library of each cycle has ten times as much. */
const restlessMiB = 24;

/** WebLLM's tokenizer is a library that comes with its code, and stays with it. */
const staying = 1;

test(`${cycles} times opened, asked and unloaded, a model leaves no device, no buffer and no library behind`, async ({
  launchOptions,
}) => {
  test.setTimeout(900_000);
  const folder = await webllmModel();
  const { messages, greedyIds } = await readWebllmReference(folder);
  const made = await webllmPackage(folder, { id: 'tiny', contextLength: 512 });
  await using mirror = await startMirrorServer({ files: made.served });
  await using server = await servePage({ isolated: false });
  const args = [...(launchOptions.args ?? []), collectsGarbage];
  await using browser = await chromium.launch({ ...launchOptions, args });
  const page = await openWorkerPage(await browser.newContext(), server.url);
  await noteMemory(page);

  const residentMiB: number[] = [];
  let stayingBytes: number | null = null;
  for (let cycle = 0; cycle < cycles; cycle += 1) {
    const { error } = await page.evaluate((pkg) => window.harness.load(pkg), made.describe(mirror.url));
    expect(error).toBeNull();
    const { events } = await page.evaluate(
      (asked) => window.harness.generate('tiny', { model: 'tiny', messages: asked, temperature: 0, max_tokens: 2 }),
      [...messages],
    );
    const ids = events.flatMap((event) => (event.type === 'token' ? (event.tokenIds ?? []) : []));
    expect(ids).toEqual(greedyIds.slice(0, 2));
    const open = await notedMemory(page);
    expect(open).toMatchObject({ devices: 1, libraries: 1 + staying });
    expect(open.buffers).toBeGreaterThan(0);
    // Every other time in the middle of an answer: WebLLM itself could not be used any more.
    if (cycle % 2 === 0) {
      const { error: ended } = await page.evaluate(
        ([asked, how]) =>
          window.harness.generate('tiny', { model: 'tiny', messages: [...asked], max_tokens: 200 }, how),
        [[...messages], { unloadAfterTokens: 2 }] as const,
      );
      expect(ended).toMatchObject({ code: 'engine.failed' });
    }
    await page.evaluate(() => window.harness.unload());
    const left = await notedMemory(page);
    stayingBytes ??= left.libraryBytes;
    expect(left).toEqual({ devices: 0, buffers: 0, libraries: staying, libraryBytes: stayingBytes });
    residentMiB.push(await residentMiBOf(browser));
  }
  console.log(`Resident in page and GPU processes after each cycle, MiB: ${residentMiB.join(' ')}`);
  const settled = Math.max(...residentMiB.slice(0, firstCycles));
  expect(residentMiB.at(-1)).toBeLessThan(settled + restlessMiB);
});
