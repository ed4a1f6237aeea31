import { createHash } from 'node:crypto';
import type { DevicePackage } from '@orilla/contract';
import { type BrowserContext, expect, type Page, test } from '@playwright/test';
import { sampleBytes } from '../../fixtures/worker-page/make-package.ts';
import { openWorkerPage } from '../../fixtures/worker-page/open-page.ts';
import { type PageServer, servePage } from '../../fixtures/worker-page/serve-page.ts';

// The public hub is stood for by the browser's own network layer: nothing leaves this machine.

const content = sampleBytes(9 * 1024 ** 2);
const pkg: DevicePackage = {
  id: 'from-hub',
  engine: 'llamacpp',
  bytes: content.length,
  contextLength: 64,
  memory: { weights: 1, kvPerToken: 0, scratch: 0 },
  license: 'Apache-2.0',
  sources: [{ kind: 'hub', repository: 'org/model', revision: 'abc', path: 'model.gguf' }],
};

let server: PageServer;
test.beforeAll(async () => {
  server = await servePage({ isolated: false });
});
test.afterAll(() => server?.[Symbol.asyncDispose]());

/** Answers for the hub with this file, and counts the bytes. */
async function standForHub(context: BrowserContext, file: Uint8Array) {
  const sent = { bytes: 0 };
  await context.unrouteAll();
  await context.route('https://huggingface.co/**', async (route) => {
    const headers = { 'Access-Control-Allow-Origin': '*', 'Access-Control-Allow-Headers': '*' };
    const path = new URL(route.request().url()).pathname;
    if (path === '/api/models/org/model/tree/abc') {
      const lfs = { oid: createHash('sha256').update(content).digest('hex'), size: content.length };
      return route.fulfill({ headers, json: [{ type: 'file', path: 'model.gguf', size: content.length, lfs }] });
    }
    const [, start, end] = /^bytes=(\d+)-(\d+)$/.exec(route.request().headers().range ?? '') ?? [];
    if (path !== '/org/model/resolve/abc/model.gguf' || start === undefined)
      return route.fulfill({ headers, status: path.includes('resolve') ? 200 : 404 });
    const body = Buffer.from(file.subarray(Number(start), Number(end) + 1));
    sent.bytes += body.length;
    return route.fulfill({ headers, status: 206, body, contentType: 'application/octet-stream' });
  });
  return sent;
}

const load = (page: Page) => page.evaluate((pkg) => window.harness.load(pkg), pkg);
const list = (page: Page) => page.evaluate(() => window.harness.listPackages());

test('a package from a hub is stored once its whole hash holds, and then needs the hub no more', async ({
  context,
}) => {
  const sent = await standForHub(context, content);
  const page = await openWorkerPage(context, server.url);
  // That an engine is asked to open it, and refuses these bytes, tells that the store has them.
  expect((await load(page)).error).toMatchObject({ code: 'engine.load-failed' });
  expect(await list(page)).toMatchObject([{ id: 'from-hub', bytes: content.length, isComplete: true }]);
  expect(sent.bytes).toBe(content.length);
  await context.unrouteAll();
  await context.route('https://huggingface.co/**', (route) => route.abort());
  expect((await load(page)).error).toMatchObject({ code: 'engine.load-failed' });
});

test('a file that is not what the hub’s metadata says: no engine sees it, and all of it is deleted', async ({
  context,
}) => {
  const wrong = Uint8Array.from(content);
  wrong[8 * 1024 ** 2 + 77] = ~(wrong[8 * 1024 ** 2 + 77] ?? 0);
  await standForHub(context, wrong);
  const page = await openWorkerPage(context, server.url);
  const { error } = await load(page);
  expect(error).toMatchObject({ kind: 'orilla', code: 'storage.corrupt-chunk' });
  expect(error?.message).toContain('model.gguf came from https://huggingface.co with other bytes');
  expect(await list(page)).toEqual([]);
  await standForHub(context, content);
  expect((await load(page)).error).toMatchObject({ code: 'engine.load-failed' });
});

test('its tokens cannot be counted before it is here', async ({ context }) => {
  const sent = await standForHub(context, content);
  const page = await openWorkerPage(context, server.url);
  const { error } = await page.evaluate(
    (pkg) => window.harness.countTokens(pkg, [{ role: 'user', content: 'Hi' }]),
    pkg,
  );
  expect(error).toMatchObject({ code: 'capability.unsupported' });
  expect(sent.bytes).toBe(0);
});
