import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CreateBucketCommand, PutBucketCorsCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { DevicePackage } from '@orilla/contract';
import { type Browser, chromium } from '@playwright/test';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ensureChromium } from '../../../tools/chromium/find-chromium.ts';
import { startVersitygw, type Versitygw } from '../../../tools/versitygw/start-versitygw.ts';
import { openWorkerPage } from '../../fixtures/worker-page/open-page.ts';
import { type PageServer, servePage } from '../../fixtures/worker-page/serve-page.ts';
import { type RelayProcess, startRelayProcess } from './relay-process.ts';
import { samplePackage } from './sample-packages.ts';

// The weight store in a real Chromium, from a real S3 server, by the addresses that a real relay signs.

const sample = samplePackage('sample');
const urlSeconds = 3;

let folder: string;
let s3: Versitygw;
let relay: RelayProcess;
let server: PageServer;
let browser: Browser;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'orilla-s3-download-'));
  s3 = await startVersitygw({ folder });
  await fillBucket();
  server = await servePage({ isolated: false });
  relay = await startRelayProcess({
    yaml: `
access: { cors: { origins: ["${new URL(server.url).origin}"] } }
mirror:
  s3:
    bucket: models
    endpoint: ${s3.endpoint}
    urlSeconds: ${urlSeconds}
    credentials: { accessKeyIdFrom: { env: TEST_KEY_ID }, secretAccessKeyFrom: { env: TEST_SECRET } }
`,
    env: { TEST_KEY_ID: s3.accessKeyId, TEST_SECRET: s3.secretAccessKey },
  });
  const { executablePath, args } = await ensureChromium();
  browser = await chromium.launch({ executablePath, args });
});
afterAll(async () => {
  await browser?.close();
  await server?.[Symbol.asyncDispose]();
  await relay?.[Symbol.asyncDispose]();
  await s3?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

async function fillBucket(): Promise<void> {
  const { endpoint, region, accessKeyId, secretAccessKey } = s3;
  const credentials = { accessKeyId, secretAccessKey };
  const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
  await client.send(new CreateBucketCommand({ Bucket: 'models' }));
  const ExposeHeaders = ['ETag', 'Content-Length', 'Content-Range', 'Accept-Ranges'];
  const rule = { AllowedOrigins: ['*'], AllowedMethods: ['GET', 'HEAD'], AllowedHeaders: ['*'], ExposeHeaders };
  await client.send(new PutBucketCorsCommand({ Bucket: 'models', CORSConfiguration: { CORSRules: [rule] } }));
  for (const [name, Body] of sample.files)
    await client.send(new PutObjectCommand({ Bucket: 'models', Key: `sample/files/${name}`, Body }));
  await client.send(new PutObjectCommand({ Bucket: 'models', Key: 'sample/manifest.json', Body: sample.manifestText }));
  client.destroy();
}

function describe(): DevicePackage {
  const { id, engine, contextLength, memory, license, files } = JSON.parse(sample.manifestText);
  const bytes = files.reduce((sum: number, file: { bytes: number }) => sum + file.bytes, 0);
  const sources = [{ kind: 'mirror' as const, url: `${relay.base}/sample/` }];
  return { id, engine, contextLength, memory, license, bytes, sources };
}

test('an address that expires in the middle of a download is asked for anew, and the download goes on', async () => {
  const context = await browser.newContext();
  const page = await openWorkerPage(context, server.url);
  const statuses: number[] = [];
  let direct = 0;
  // Only what is asked of the bucket directly comes here; what a redirect leads there does not.
  await context.route(`${s3.endpoint}/**`, async (route) => {
    direct += 1;
    if (direct === 2) await delay((urlSeconds + 1) * 1_000);
    const response = await route.fetch();
    statuses.push(response.status());
    await route.fulfill({ response });
  });
  const trusted = sample.publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('base64');
  expect(await page.evaluate((key) => window.harness.configureStore({ trustedKeys: [key] }), trusted)).toBeNull();
  const { error, result } = await page.evaluate((pkg) => window.harness.download(pkg), describe());
  expect(error).toBeNull();
  const bytes = [...sample.files.values()].reduce((sum, { length }) => sum + length, 0);
  expect(result).toMatchObject({ id: 'sample', isComplete: true, bytes });
  expect(statuses).toContain(403);
  expect(statuses).toContain(206);
  await context.close();
});

test('where a key is pinned that did not sign it, the package is refused before a byte of it is fetched', async () => {
  const context = await browser.newContext();
  const page = await openWorkerPage(context, server.url);
  const other = samplePackage('other').publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
  await page.evaluate((key) => window.harness.configureStore({ trustedKeys: [key] }), other.toString('base64'));
  const { error } = await page.evaluate((pkg) => window.harness.download(pkg), describe());
  expect(error).toMatchObject({ kind: 'orilla', code: 'catalog.bad-signature' });
  expect(await page.evaluate(() => window.harness.listPackages())).toEqual([]);
  await context.close();
});
