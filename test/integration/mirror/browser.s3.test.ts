import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, PutBucketCorsCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { type Browser, chromium, type Page } from '@playwright/test';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ensureChromium } from '../../../tools/chromium/find-chromium.ts';
import { startVersitygw, type Versitygw } from '../../../tools/versitygw/start-versitygw.ts';
import { type RelayProcess, startRelayProcess } from './relay-process.ts';
import { fileUrl, samplePackage } from './sample-packages.ts';

// What docs/mirror.md says that a bucket needs, tried with the browser that has the last word on it.

const sample = samplePackage('sample');
const path = 'shards/model-00002-of-00002.gguf';
const exposed = ['ETag', 'Content-Length', 'Content-Range', 'Accept-Ranges'];

let folder: string;
let s3: Versitygw;
let browser: Browser;
/** A web app of another origin than the relay's. */
let app: Server;
let appOrigin: string;
const relays = new Map<'open' | 'narrow', RelayProcess>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'orilla-browser-mirror-'));
  await mkdir(join(folder, 'app'));
  await writeFile(join(folder, 'app', 'index.html'), '<!doctype html><title>App</title>');
  app = createServer((_request, response) => {
    const headers = { 'Content-Type': 'text/html', 'Cross-Origin-Embedder-Policy': 'require-corp' };
    response.writeHead(200, headers).end('<!doctype html><title>Another app</title>');
  });
  await once(app.listen(0, '127.0.0.1'), 'listening');
  const address = app.address();
  appOrigin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  s3 = await startVersitygw({ folder: join(folder, 's3') });
  await fillBucket('open', ['*']);
  await fillBucket('narrow', [appOrigin]);
  const { executablePath, args } = await ensureChromium();
  browser = await chromium.launch({ executablePath, args });
});
afterAll(async () => {
  await browser.close();
  for (const relay of relays.values()) await relay[Symbol.asyncDispose]();
  await s3[Symbol.asyncDispose]();
  app.closeAllConnections();
  app.close();
  await rm(folder, { recursive: true, force: true });
});

/** A bucket that lets pages of some origins in, and a relay before it that lets in those of the app and its own. */
async function fillBucket(Bucket: 'open' | 'narrow', AllowedOrigins: string[]): Promise<void> {
  const { endpoint, region, accessKeyId, secretAccessKey } = s3;
  const client = new S3Client({
    endpoint,
    region,
    credentials: { accessKeyId, secretAccessKey },
    forcePathStyle: true,
  });
  await client.send(new CreateBucketCommand({ Bucket }));
  const rule = { AllowedOrigins, AllowedMethods: ['GET', 'HEAD'], AllowedHeaders: ['*'], ExposeHeaders: exposed };
  await client.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules: [rule] } }));
  for (const [name, Body] of sample.files)
    await client.send(new PutObjectCommand({ Bucket, Key: `sample/files/${name}`, Body }));
  await client.send(new PutObjectCommand({ Bucket, Key: 'sample/manifest.json', Body: sample.manifestText }));
  client.destroy();
  const yaml = `
access: { cors: { origins: ["${appOrigin}"] } }
app: { folder: ${JSON.stringify(join(folder, 'app'))} }
mirror:
  s3:
    bucket: ${Bucket}
    endpoint: ${endpoint}
    credentials: { accessKeyIdFrom: { env: TEST_KEY_ID }, secretAccessKeyFrom: { env: TEST_SECRET } }
`;
  const env = { TEST_KEY_ID: accessKeyId, TEST_SECRET: secretAccessKey };
  relays.set(Bucket, await startRelayProcess({ yaml, env }));
}

function relayOf(bucket: 'open' | 'narrow'): RelayProcess {
  const relay = relays.get(bucket);
  if (!relay) throw new Error('The relay of this bucket has not been started.');
  return relay;
}

/** What a page gets to see of an answer. */
const fetchIn = (page: Page, url: string, headers: Record<string, string> = {}) =>
  page.evaluate(
    async ([address, sent]) => {
      try {
        const response = await fetch(address, { headers: sent });
        const bytes = new Uint8Array(await response.arrayBuffer());
        const header = (name: string) => response.headers.get(name);
        return {
          status: response.status,
          url: response.url,
          bytes: [...bytes],
          range: header('content-range'),
          etag: header('etag'),
        };
      } catch {
        return null; // A browser says of an answer that CORS forbids only that there is none.
      }
    },
    [url, headers] as const,
  );

const opened = async (url: string) => {
  const page = await browser.newPage();
  await page.goto(url);
  return page;
};

test.each([
  ['of another origin, which the relay lists and the bucket hears of as null', () => appOrigin],
  ['that the relay serves, under its own policy', () => relayOf('open').url],
])('a page %s follows the redirect, range by range', async (_what, origin) => {
  const page = await opened(origin());
  const url = fileUrl(relayOf('open').base, 'sample', path);
  const bytes = sample.files.get(path) ?? Buffer.alloc(0);
  const manifest = await fetchIn(page, `${relayOf('open').base}/sample/manifest.json`);
  expect(Buffer.from(manifest?.bytes ?? []).toString()).toBe(sample.manifestText);
  const first = await fetchIn(page, url, { Range: 'bytes=0-99' });
  expect(first).toMatchObject({
    status: 206,
    range: `bytes 0-99/${bytes.length}`,
    etag: expect.stringMatching(/^".+"$/),
  });
  expect(first?.url).toContain(s3.endpoint);
  expect(Buffer.from(first?.bytes ?? []).equals(bytes.subarray(0, 100))).toBe(true);
  const conditional = { Range: 'bytes=100-199', 'If-Range': first?.etag ?? '' };
  for (const address of [url, first?.url ?? '']) {
    const next = await fetchIn(page, address, conditional);
    expect(next).toMatchObject({ status: 206, range: `bytes 100-199/${bytes.length}` });
    expect(Buffer.from(next?.bytes ?? []).equals(bytes.subarray(100, 200))).toBe(true);
  }
  await page.close();
});

test('a bucket that lists the origin of a page lets it in directly, but not on its way from a relay of another origin', async () => {
  const page = await opened(appOrigin);
  const url = fileUrl(relayOf('narrow').base, 'sample', path);
  expect(await fetchIn(page, url, { Range: 'bytes=0-99' })).toBeNull();
  const answer = await fetch(url, { redirect: 'manual' });
  const direct = await fetchIn(page, answer.headers.get('location') ?? '', { Range: 'bytes=0-99' });
  expect(direct?.status).toBe(206);
  await page.close();
});
