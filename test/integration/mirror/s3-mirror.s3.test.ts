import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, DeleteObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { startVersitygw, type Versitygw } from '../../../tools/versitygw/start-versitygw.ts';
import { eventually, postJson } from '../relay/relay-under-test.ts';
import { answerWell, startUpstreamDouble } from '../relay/upstream-double.ts';
import { type RelayProcess, startRelayProcess } from './relay-process.ts';
import { fetchPackage, fileUrl, isSigned, samplePackage } from './sample-packages.ts';

const listed = 'https://app.example.org';
const large = 'shards/model-00001-of-00002.gguf';
const sample = samplePackage('sample');
const weights = sample.files.get(large) ?? Buffer.alloc(0);

let folder: string;
let s3: Versitygw;
let client: S3Client;
/** For tests that ask for nothing special. */
let relay: RelayProcess;

const put = (Key: string, Body: string | Buffer) => client.send(new PutObjectCommand({ Bucket: 'models', Key, Body }));

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'orilla-s3-mirror-'));
  s3 = await startVersitygw({ folder });
  const { endpoint, region, ...credentials } = s3;
  client = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
  await client.send(new CreateBucketCommand({ Bucket: 'models' }));
  for (const [path, bytes] of sample.files) await put(`orilla/sample/files/${path}`, bytes);
  await put('orilla/sample/manifest.json', sample.manifestText);
  await put('orilla/sample/files/private.txt', 'not in the manifest');
  await put('elsewhere/manifest.json', sample.manifestText);
  relay = await start();
});
afterAll(async () => {
  await relay[Symbol.asyncDispose]();
  client.destroy();
  await s3[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

interface Served {
  readonly bucket?: string;
  readonly settings?: string;
  readonly limits?: string;
  readonly more?: string;
  readonly secretAccessKey?: string;
}

function start({ bucket = 'models', settings = '', limits = '{}', more = '', secretAccessKey }: Served = {}) {
  const yaml = `
access: { cors: { origins: ["${listed}"] } }
mirror:
  s3:
    bucket: ${bucket}
    prefix: orilla
    endpoint: ${s3.endpoint}
    credentials: { accessKeyIdFrom: { env: TEST_KEY_ID }, secretAccessKeyFrom: { env: TEST_SECRET } }
    ${settings}
  limits: ${limits}
${more}`;
  const env = { TEST_KEY_ID: s3.accessKeyId, TEST_SECRET: secretAccessKey ?? s3.secretAccessKey };
  // That it is told what it loads, which one test looks at, changes nothing else.
  const nodeArgs = ['--import', join(import.meta.dirname, 'tell-loaded-packages.ts')];
  return startRelayProcess({ yaml, env, nodeArgs });
}

/** A relay of a test's own, ended with it. */
async function serve(served: Served): Promise<RelayProcess> {
  const own = await start(served);
  onTestFinished(() => own[Symbol.asyncDispose]());
  return own;
}

/** The answer of the relay itself. */
const redirect = (from: RelayProcess, path: string, init: RequestInit = {}) =>
  fetch(fileUrl(from.base, 'sample', path), { ...init, redirect: 'manual' });

test('a package is fetched whole, each file from the bucket itself, and its signature holds', async () => {
  const { text, files } = await fetchPackage(relay.base, sample);
  expect(text).toBe(sample.manifestText);
  expect(isSigned(text, sample.publicKey)).toBe(true);
  for (const [path, bytes] of sample.files) expect(files.get(path)?.equals(bytes)).toBe(true);
  const whole = await fetch(fileUrl(relay.base, 'sample', large));
  expect(new URL(whole.url).origin).toBe(s3.endpoint);
  expect(Buffer.from(await whole.arrayBuffer()).equals(weights)).toBe(true);
});

test('a redirect is for one file and a while; nobody keeps it, and Range is left to the client', async () => {
  const answer = await redirect(relay, large, { headers: { range: 'bytes=0-9' } });
  expect([answer.status, await answer.text()]).toEqual([307, '']);
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'cache-control': 'no-store',
    'content-length': '0',
    'cross-origin-resource-policy': 'same-origin',
  });
  const location = new URL(answer.headers.get('location') ?? '');
  expect(location.pathname).toBe(`/models/orilla/sample/files/${large}`);
  expect(location.searchParams.get('X-Amz-SignedHeaders')).toBe('host');
  expect(location.searchParams.get('X-Amz-Expires')).toBe('300');
  expect(location.href).not.toContain(s3.secretAccessKey);
  for (const [range, start, end] of [
    ['bytes=0-0', 0, 0],
    ['bytes=1048576-2097151', 1_048_576, 2_097_151],
    ['bytes=-7', weights.length - 7, weights.length - 1],
  ] as const) {
    const part = await fetch(location, { headers: { range } });
    expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes ${start}-${end}/${weights.length}`]);
    expect(Buffer.from(await part.arrayBuffer()).equals(weights.subarray(start, end + 1))).toBe(true);
  }
});

test('a page of a listed origin may follow the redirect, another origin gets none', async () => {
  const answer = await redirect(relay, large, { headers: { origin: listed } });
  expect(answer.status).toBe(307);
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'access-control-allow-origin': listed,
    'cross-origin-resource-policy': 'cross-origin',
    vary: expect.stringContaining('Origin'),
  });
  const foreign = await redirect(relay, large, { headers: { origin: 'https://evil.example' } });
  expect([foreign.status, foreign.headers.get('location')]).toEqual([403, null]);
});

test('HEAD is sent to where HEAD works', async () => {
  const answer = await fetch(fileUrl(relay.base, 'sample', large), { method: 'HEAD' });
  expect([answer.status, answer.headers.get('content-length')]).toEqual([200, String(weights.length)]);
  expect(new URL(answer.url).origin).toBe(s3.endpoint);
});

test('an address that has expired is refused by the bucket; the next one goes on where it ended', async () => {
  const hasty = await serve({ settings: 'urlSeconds: 1' });
  const location = async () => (await redirect(hasty, large)).headers.get('location') ?? '';
  const first = await location();
  const part = async (url: string, range: string) => fetch(url, { headers: { range } });
  const begin = await part(first, 'bytes=0-99');
  expect(begin.status).toBe(206);
  await begin.arrayBuffer();
  await eventually(async () => {
    const answer = await part(first, 'bytes=100-199');
    await answer.arrayBuffer();
    return answer.status;
  }).toBe(403);
  const goesOn = await part(await location(), 'bytes=100-199');
  expect(goesOn.status).toBe(206);
  expect(Buffer.from(await goesOn.arrayBuffer()).equals(weights.subarray(100, 200))).toBe(true);
});

test.each([
  'sample/files/private.txt',
  'sample/files/manifest.json',
  'sample/files/SHARDS/model-00001-of-00002.gguf',
  'sample/files/shards%2fmodel-00001-of-00002.gguf',
  'sample/files/..%2f..%2f..%2felsewhere%2fmanifest.json',
  'sample/files/onnx',
  'elsewhere/manifest.json',
  '..%2felsewhere/manifest.json',
  'none/manifest.json',
  'none/files/a.bin',
])('%s is in no manifest, so there is no way to it', async (path) => {
  const answer = await fetch(`${relay.base}/${path}`, { redirect: 'manual' });
  expect([answer.status, answer.headers.get('location')]).toEqual([404, null]);
});

test('a manifest from the bucket is packed and tagged as one from a folder', async () => {
  const url = `${relay.base}/sample/manifest.json`;
  const first = await fetch(url, { headers: { 'accept-encoding': 'br' } });
  expect([first.headers.get('content-encoding'), await first.text()]).toEqual(['br', sample.manifestText]);
  const headers = { 'accept-encoding': 'br', 'if-none-match': first.headers.get('etag') ?? '' };
  expect((await fetch(url, { headers })).status).toBe(304);
});

test('a package that grows or goes in the bucket is noticed', async () => {
  const growing = samplePackage('growing');
  const url = `${relay.base}/growing/manifest.json`;
  const statusOf = async () => (await fetch(url)).status;
  expect(await statusOf()).toBe(404);
  for (const [path, bytes] of growing.files) await put(`orilla/growing/files/${path}`, bytes);
  await put('orilla/growing/manifest.json', growing.manifestText);
  await eventually(statusOf, { interval: 200 }).toBe(200);
  const changed = growing.manifestText.trimEnd();
  await put('orilla/growing/manifest.json', changed);
  await eventually(async () => (await fetch(url)).text(), { interval: 200 }).toBe(changed);
  await client.send(new DeleteObjectCommand({ Bucket: 'models', Key: 'orilla/growing/manifest.json' }));
  await eventually(statusOf, { interval: 200 }).toBe(404);
});

test('objects that are missing or of another size are told, and no one is sent to them', async () => {
  const broken = samplePackage('broken');
  await put('orilla/broken/manifest.json', broken.manifestText);
  await put('orilla/broken/files/config.json', broken.files.get('config.json') ?? '');
  await put(`orilla/broken/files/${large}`, 'too short');
  const ask = async (path: string) => (await fetch(fileUrl(relay.base, 'broken', path), { redirect: 'manual' })).status;
  expect([await ask('config.json'), await ask(large), await ask('empty.bin')]).toEqual([307, 500, 404]);
  await eventually(() => relay.lines.join('\n')).toContain(
    '"event":"mirror-incomplete","package":"broken","missing":3,"differing":1',
  );
});

test.each([
  ['SignatureDoesNotMatch', 'mirror.s3.credentials', { secretAccessKey: 'not-the-secret' }],
  ['NoSuchBucket', 'mirror.s3.bucket', { bucket: 'another-bucket' }],
] as const)('%s is told to who asks and in the log, with %s to look at and without any secret', async (...row) => {
  const [reason, setting, served] = row;
  const failing = await serve(served);
  const answer = await fetch(`${failing.base}/sample/manifest.json`);
  const text = await answer.text();
  expect([answer.status, JSON.parse(text).error.code]).toEqual([502, 'catalog.unreachable']);
  expect(text).toContain(reason);
  expect(text).toContain(setting);
  const log = () => failing.lines.join('\n');
  await eventually(log).toContain(`"event":"mirror-unreachable","reason":"${reason}"`);
  for (const secret of [s3.accessKeyId, s3.secretAccessKey, 'not-the-secret']) {
    expect(text).not.toContain(secret);
    expect(log()).not.toContain(secret);
  }
});

test('a bucket that clients reach by another address is signed for that one', async () => {
  const { port } = new URL(s3.endpoint);
  const two = await serve({ settings: `publicEndpoint: http://localhost:${port}` });
  const answer = await fetch(fileUrl(two.base, 'sample', 'config.json'));
  expect([answer.status, new URL(answer.url).host]).toEqual([200, `localhost:${port}`]);
});

test('a client that asks too often waits, while chat goes on', async () => {
  const upstream = await startUpstreamDouble(answerWell);
  const strict = await serve({
    limits: '{ requestsPerMinute: 4 }',
    more: `upstreams: [{ name: own, kind: openai, url: "${upstream.url}", zone: on-premises, models: [m] }]\n`,
  });
  const statuses: number[] = [];
  for (let round = 0; round < 6; round++) statuses.push((await redirect(strict, large)).status);
  expect(statuses).toEqual([307, 307, 307, 307, 429, 429]);
  const body = { model: 'm', messages: [{ role: 'user', content: 'Hello' }] };
  for (let round = 0; round < 10; round++)
    expect((await postJson(`${strict.url}/v1/chat/completions`, body)).status).toBe(200);
});

test('a relay with S3 loads the AWS SDK', () => {
  expect(relay.lines.join('\n')).toContain('loaded @aws-sdk/client-s3');
});
