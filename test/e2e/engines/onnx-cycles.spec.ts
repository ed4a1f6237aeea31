import { chromium, expect, test } from '@playwright/test';
import { startMirrorServer } from '../../fixtures/worker-page/mirror-server.ts';
import { collectsGarbage, notedMemory, noteMemory, residentMiBOf } from '../../fixtures/worker-page/noted-memory.ts';
import { servePage } from '../../fixtures/worker-page/serve-page.ts';
import { ask, bare, load, openEmptyPage } from './onnx-pages.ts';

// What a model took must be free when it is unloaded. onnxruntime itself stays, with the memory of its WebAssembly.

const cycles = 20;
/** What is loaded once, and stays: code, shaders, caches of the browser. */
const firstCycles = 3;
/** The twenty models together, each with its copies, have several times as much. */
const restlessMiB = 16;

for (const backend of ['webgpu', 'wasm'] as const)
  test(`${cycles} times opened, asked and unloaded on ${backend}, a model leaves nothing on the GPU, and memory as it was`, async ({
    launchOptions,
  }) => {
    // Its shaders are compiled for each device anew: 20 s a cycle where the GPU is software and the machine is busy.
    test.setTimeout(900_000);
    await using mirror = await startMirrorServer({ files: bare.served });
    await using server = await servePage({ isolated: false });
    const args = [...(launchOptions.args ?? []), collectsGarbage];
    await using browser = await chromium.launch({ ...launchOptions, args });
    const page = await openEmptyPage(await browser.newContext(), { url: server.url, backend });
    await noteMemory(page);

    const residentMiB: number[] = [];
    const libraryBytes: number[] = [];
    for (let cycle = 0; cycle < cycles; cycle += 1) {
      expect(await load(page, mirror.url)).toMatchObject({ backend });
      const { error } = await ask(page, 'Hello', { max_tokens: 2 });
      expect(error).toBeNull();
      const open = await notedMemory(page);
      expect(open.devices).toBe(backend === 'webgpu' ? 1 : 0);
      expect(open.buffers > 0).toBe(backend === 'webgpu');
      await page.evaluate(() => window.harness.unload());
      const left = await notedMemory(page);
      expect(left).toMatchObject({ devices: 0, buffers: 0, libraries: 1 });
      libraryBytes.push(left.libraryBytes);
      residentMiB.push(await residentMiBOf(browser));
    }
    console.log(
      `onnx on ${backend}: resident in page and GPU processes after each cycle, MiB: ${residentMiB.join(' ')}`,
    );
    expect(new Set(libraryBytes.slice(firstCycles)).size).toBe(1);
    const settled = Math.max(...residentMiB.slice(0, firstCycles));
    expect(residentMiB.at(-1)).toBeLessThan(settled + restlessMiB);
  });
