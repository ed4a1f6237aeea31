import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startVersitygw, type Versitygw } from '../../../tools/versitygw/start-versitygw.ts';
import { writeLargeGguf } from '../../fixtures/large-gguf.ts';
import { startRelayProcess } from '../mirror/relay-process.ts';
import { type RunCliOptions, runCli } from './run-cli.ts';

const MiB = 1024 ** 2;
const tiny = join(import.meta.dirname, '..', '..', 'fixtures', 'tiny-tokenizer', 'smollm', 'model.gguf');

let root: string;
let s3: Versitygw;
let client: S3Client;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'orilla-s3-'));
  s3 = await startVersitygw({ folder: join(root, 's3') });
  const { endpoint, region, ...credentials } = s3;
  client = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
  await client.send(new CreateBucketCommand({ Bucket: 'models' }));
});
afterAll(async () => {
  client.destroy();
  await s3[Symbol.asyncDispose]();
  await rm(root, { recursive: true, force: true });
});

const orilla = (
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  onStart?: RunCliOptions['onStart'],
) =>
  runCli([...args, '--s3-endpoint', s3.endpoint], {
    env: { AWS_ACCESS_KEY_ID: s3.accessKeyId, AWS_SECRET_ACCESS_KEY: s3.secretAccessKey, ...env },
    ...(onStart && { onStart }),
  });

async function keys(prefix: string): Promise<(string | undefined)[]> {
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: 'models', Prefix: prefix }));
  return Contents.map(({ Key }) => Key);
}

test('a package is put into a bucket below a prefix, and verified there', async () => {
  const packed = await orilla(['pack', tiny, '--to', 's3://models/mirror', '--id', 'tiny', '--json']);
  expect([packed.code, packed.stderr]).toEqual([0, '']);
  expect(await keys('mirror/')).toEqual(['mirror/tiny/files/model.gguf', 'mirror/tiny/manifest.json']);
  const typeOf = async (Key: string) =>
    (await client.send(new HeadObjectCommand({ Bucket: 'models', Key }))).ContentType;
  expect(await typeOf('mirror/tiny/manifest.json')).toBe('application/json');
  expect(await typeOf('mirror/tiny/files/model.gguf')).toBe('application/octet-stream');
  const verified = await orilla(['verify', 's3://models/mirror']);
  expect([verified.code, verified.stderr]).toEqual([0, '']);
  expect(verified.stdout).toContain('s3://models/mirror/: 1 packages, all holds.');
});

test('what was put into a bucket is served by a relay that stands before it', async () => {
  await orilla(['pack', tiny, '--to', 's3://models/orilla', '--id', 'served']);
  const yaml = `
mirror:
  s3:
    bucket: models
    prefix: orilla
    endpoint: ${s3.endpoint}
    credentials: { accessKeyIdFrom: { env: TEST_KEY_ID }, secretAccessKeyFrom: { env: TEST_SECRET } }
`;
  const env = { TEST_KEY_ID: s3.accessKeyId, TEST_SECRET: s3.secretAccessKey };
  await using relay = await startRelayProcess({ yaml, env });
  const { code, stderr, stdout } = await runCli(['verify', relay.base, '--id', 'served', '--json']);
  expect([code, stderr]).toEqual([0, '']);
  expect(JSON.parse(stdout)).toMatchObject({ packages: [{ id: 'served', files: 1 }], faults: [] });
});

test('what is wrong in a bucket is told, all of it', async () => {
  await orilla(['pack', tiny, '--to', 's3://models/faulty', '--id', 'tiny']);
  const put = (Key: string, Body: string) => client.send(new PutObjectCommand({ Bucket: 'models', Key, Body }));
  await put('faulty/tiny/files/extra ñ.bin', 'x');
  await put('faulty/other/files/model.gguf', 'x');
  await client.send(new DeleteObjectCommand({ Bucket: 'models', Key: 'faulty/tiny/files/model.gguf' }));
  const { code, stdout } = await orilla(['verify', 's3://models/faulty', '--json']);
  expect(code).toBe(1);
  expect(JSON.parse(stdout).faults.map(({ path, kind }: { path: string; kind: string }) => [path, kind])).toEqual([
    ['other/manifest.json', 'no-manifest'],
    ['tiny/files/model.gguf', 'no-file'],
    ['tiny/files/extra ñ.bin', 'unnamed'],
  ]);
});

test('a package is only replaced by force, and what it no longer names goes', async () => {
  const args = ['pack', tiny, '--to', 's3://models/again', '--id', 'tiny'];
  await orilla(args);
  await client.send(new PutObjectCommand({ Bucket: 'models', Key: 'again/tiny/files/old.bin', Body: 'x' }));
  const refused = await orilla(args);
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('--force')]);
  expect((await orilla([...args, '--force'])).code).toBe(0);
  expect(await keys('again/')).toEqual(['again/tiny/files/model.gguf', 'again/tiny/manifest.json']);
});

test('a large file goes up in parts, in a constant amount of memory', async () => {
  const path = join(root, 'large.gguf');
  await writeLargeGguf(path, 256 * MiB);
  const args = ['pack', path, '--to', 's3://models/large', '--id', 'large', '--license', 'MIT'];
  const { code, stderr, peakBytes } = await orilla(args);
  expect([code, stderr]).toEqual([0, '']);
  console.log(`orilla pack of 256 MiB to S3: ${Math.round(peakBytes / MiB)} MiB`);
  // S3's own library, and the parts that are under way, come to what a folder takes.
  expect(peakBytes).toBeLessThan(240 * MiB);
  expect((await orilla(['verify', 's3://models/large'])).code).toBe(0);
});

test('^C in the middle leaves no package and no parts that somebody pays for', async () => {
  const path = join(root, 'cut.gguf');
  await writeLargeGguf(path, 512 * MiB);
  const uploads = async () =>
    (await client.send(new ListMultipartUploadsCommand({ Bucket: 'models', Prefix: 'cut/' }))).Uploads ?? [];
  const args = ['pack', path, '--to', 's3://models/cut', '--id', 'cut', '--license', 'MIT'];
  const result = await orilla(args, {}, async (child) => {
    // The other process begins it; nothing tells when.
    while ((await uploads()).length === 0) await new Promise((go) => setTimeout(go, 20));
    child.kill('SIGINT');
  });
  expect([result.code, result.stdout, result.stderr]).toEqual([130, '', '']);
  expect(await keys('cut/')).toEqual([]);
  expect(await uploads()).toEqual([]);
});

test.each<[string, Record<string, string>, readonly string[], string]>([
  ['a wrong secret', { AWS_SECRET_ACCESS_KEY: 'wrong' }, ['s3://models/x'], 'SignatureDoesNotMatch'],
  ['an unknown key', { AWS_ACCESS_KEY_ID: 'unknown' }, ['s3://models/x'], 'Check the credentials'],
  ['a bucket that is not there', {}, ['s3://nowhere/x'], 'Make the bucket first'],
])('%s is told in words, with what to do', async (_, env, [place = ''], words) => {
  const { code, stdout, stderr } = await orilla(['pack', tiny, '--to', place, '--id', 'tiny'], env);
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toContain(words);
  expect(stderr).not.toMatch(/\n\s+at /);
  expect(stderr).not.toContain(s3.secretAccessKey);
});

test('a server that is not there, and no credentials at all, are told in words', async () => {
  const env = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b', AWS_MAX_ATTEMPTS: '1' };
  const gone = await runCli(['verify', 's3://models', '--s3-endpoint', 'http://127.0.0.1:9'], { env });
  expect([gone.code, gone.stderr]).toEqual([1, expect.stringContaining("can't be reached (ECONNREFUSED)")]);
  const none = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', AWS_EC2_METADATA_DISABLED: 'true', HOME: root };
  const bare = await runCli(['verify', 's3://models', '--s3-endpoint', s3.endpoint], { env: none });
  expect([bare.code, bare.stderr]).toEqual([1, expect.stringContaining('Set AWS_ACCESS_KEY_ID')]);
});
