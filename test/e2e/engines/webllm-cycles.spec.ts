import { type Browser, chromium, expect, test } from '@playwright/test';
import { residentBytesOf } from '../../../bench/process/resident-memory.ts';
import { readWebllmReference } from '../../../tools/webllm-model/webllm-reference.ts';
import { hostWorker } from '../../fixtures/client-page/open-client-page.ts';
import { webllmModel } from '../../fixtures/webllm-model.ts';
import { webllmPackage } from '../../fixtures/webllm-package.ts';
import { startMirrorServer } from '../../fixtures/worker-page/mirror-server.ts';
import { openWorkerPage } from '../../fixtures/worker-page/open-page.ts';
import { servePage } from '../../fixtures/worker-page/serve-page.ts';

// What a model took must be free when it is unloaded: of the GPU, of the worker, and of the machine.

const cycles = 20;
/** What is loaded once, and stays: code, shaders, caches of the browser. */
const firstCycles = 3;
/** The library of each cycle has ten times as much. */
const restlessMiB = 24;

test(`${cycles} times opened, asked and unloaded, a model leaves no device, no buffer and no library behind`, async ({
  launchOptions,
}) => {
  test.setTimeout(900_000);
  const folder = await webllmModel();
  const { messages, greedyIds } = await readWebllmReference(folder);
  const made = await webllmPackage(folder, { id: 'tiny', contextLength: 512 });
  await using mirror = await startMirrorServer({ files: made.served });
  await using server = await servePage({ isolated: false });
  // A worker's garbage is collected on demand in no other way.
  const args = [...(launchOptions.args ?? []), '--js-flags=--expose-gc'];
  await using browser = await chromium.launch({ ...launchOptions, args });
  const page = await openWorkerPage(await browser.newContext(), server.url);
  await hostWorker(page).evaluate(noteMemory);

  const residentMiB: number[] = [];
  for (let cycle = 0; cycle < cycles; cycle += 1) {
    const { error } = await page.evaluate((pkg) => window.harness.load(pkg), made.describe(mirror.url));
    expect(error).toBeNull();
    const { events } = await page.evaluate(
      (asked) => window.harness.generate('tiny', { model: 'tiny', messages: asked, temperature: 0, max_tokens: 2 }),
      [...messages],
    );
    const ids = events.flatMap((event) => (event.type === 'token' ? (event.tokenIds ?? []) : []));
    expect(ids).toEqual(greedyIds.slice(0, 2));
    const open = await hostWorker(page).evaluate(countMemory);
    expect(open).toMatchObject({ devices: 1, libraries: 1 });
    expect(open?.buffers).toBeGreaterThan(0);
    await page.evaluate(() => window.harness.unload());
    expect(await hostWorker(page).evaluate(countMemory)).toEqual({ devices: 0, buffers: 0, libraries: 0 });
    residentMiB.push(await residentOf(browser));
  }
  console.log(`Resident in page and GPU processes after each cycle, MiB: ${residentMiB.join(' ')}`);
  const settled = Math.max(...residentMiB.slice(0, firstCycles));
  expect(residentMiB.at(-1)).toBeLessThan(settled + restlessMiB);
});

/** Of the browser's processes that have pages or the GPU, in MiB. */
async function residentOf(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  const ids = processInfo.filter(({ type }) => type === 'renderer' || type === 'GPU').map(({ id }) => id);
  const bytes = await Promise.all(ids.map((id) => residentBytesOf(id)));
  return Math.round(bytes.reduce((sum, one) => sum + one, 0) / 1024 ** 2);
}

/** What is there, once garbage is collected. */
interface Memory {
  readonly devices: number;
  /** That nobody destroyed, even if their device is gone. */
  readonly buffers: number;
  /** Of WebAssembly, which has the runtime and the model's library. */
  readonly libraries: number;
}

declare global {
  var countNotedMemory: (() => Promise<Memory>) | undefined;
}

// Both run in the worker: they may use nothing from this file.

function noteMemory(): void {
  const devices = new Set<GPUDevice>();
  const buffers = new Set<GPUBuffer>();
  const libraries: WeakRef<object>[] = [];
  const { requestDevice } = GPUAdapter.prototype;
  GPUAdapter.prototype.requestDevice = async function (this: GPUAdapter, ...given) {
    const device = await requestDevice.apply(this, given);
    devices.add(device);
    device.lost.then(() => devices.delete(device));
    return device;
  };
  const { createBuffer } = GPUDevice.prototype;
  GPUDevice.prototype.createBuffer = function (this: GPUDevice, ...given) {
    const buffer = createBuffer.apply(this, given);
    buffers.add(buffer);
    return buffer;
  };
  const { destroy } = GPUBuffer.prototype;
  GPUBuffer.prototype.destroy = function (this: GPUBuffer) {
    buffers.delete(this);
    return destroy.call(this);
  };
  const instantiate: (...given: unknown[]) => Promise<object> = WebAssembly.instantiate;
  const noting: typeof instantiate = async (...given) => {
    const made = await instantiate.apply(WebAssembly, given);
    const instance: unknown = Reflect.get(made, 'instance') ?? made;
    if (instance instanceof WebAssembly.Instance && instance.exports.memory instanceof WebAssembly.Memory)
      libraries.push(new WeakRef(instance.exports.memory));
    return made;
  };
  Object.defineProperty(WebAssembly, 'instantiate', { value: noting });
  const collectGarbage: unknown = Reflect.get(globalThis, 'gc');
  globalThis.countNotedMemory = async () => {
    // What one task let go, the next one finds gone.
    for (let task = 0; task < 2; task += 1) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      if (typeof collectGarbage === 'function') collectGarbage();
    }
    return {
      devices: devices.size,
      buffers: buffers.size,
      libraries: libraries.filter((library) => library.deref()).length,
    };
  };
}

function countMemory(): Promise<Memory> | undefined {
  return globalThis.countNotedMemory?.();
}
