import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateBucketCommand,
  GetObjectCommand,
  PutBucketCorsCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startVersitygw, type Versitygw } from '../../../tools/versitygw/start-versitygw.ts';

let folder: string;
let s3: Versitygw;
let client: S3Client;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'orilla-versitygw-'));
  s3 = await startVersitygw({ folder });
  const { endpoint, region, ...credentials } = s3;
  client = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
  await client.send(new CreateBucketCommand({ Bucket: 'models' }));
  await client.send(new PutObjectCommand({ Bucket: 'models', Key: 'a/b ñ.bin', Body: '0123456789' }));
});
afterAll(async () => {
  client.destroy();
  await s3[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const presign = () =>
  getSignedUrl(client, new GetObjectCommand({ Bucket: 'models', Key: 'a/b ñ.bin' }), { expiresIn: 60 });

test('it is a real S3 server: who has a presigned URL gets a range, who has none gets nothing', async () => {
  const url = await presign();
  const part = await fetch(url, { headers: { range: 'bytes=2-4' } });
  expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([206, 'bytes 2-4/10', '234']);
  const [bare = ''] = url.split('?');
  expect((await fetch(bare)).status).toBe(403);
});

test('a bucket says which pages may read it, also after a redirect between origins', async () => {
  const url = await presign();
  const silent = await fetch(url, { headers: { origin: 'null' } });
  expect([await silent.text(), silent.headers.get('access-control-allow-origin')]).toEqual(['0123456789', null]);
  const exposed = ['ETag', 'Content-Length', 'Content-Range', 'Accept-Ranges'];
  const rule = {
    AllowedOrigins: ['*'],
    AllowedMethods: ['GET', 'HEAD'],
    AllowedHeaders: ['*'],
    ExposeHeaders: exposed,
  };
  await client.send(new PutBucketCorsCommand({ Bucket: 'models', CORSConfiguration: { CORSRules: [rule] } }));
  const told = await fetch(url, { headers: { origin: 'null', range: 'bytes=0-0' } });
  await told.arrayBuffer();
  expect(told.headers.get('access-control-allow-origin')).toBe('*');
  for (const name of exposed) expect(told.headers.get('access-control-expose-headers')).toContain(name);
  const preflight = await fetch(url, {
    method: 'OPTIONS',
    headers: {
      origin: 'null',
      'access-control-request-method': 'GET',
      'access-control-request-headers': 'if-range,range',
    },
  });
  expect([preflight.status, preflight.headers.get('access-control-allow-headers')]).toEqual([200, 'if-range, range']);
});

test('two servers at once are apart, and one that is disposed is gone', async () => {
  const other = await startVersitygw({ folder: join(folder, 'other') });
  expect(other.endpoint).not.toBe(s3.endpoint);
  expect(other.secretAccessKey).not.toBe(s3.secretAccessKey);
  await other[Symbol.asyncDispose]();
  await expect(fetch(other.endpoint)).rejects.toThrow();
  expect((await fetch(`${s3.endpoint}/health`)).status).toBe(200);
});
