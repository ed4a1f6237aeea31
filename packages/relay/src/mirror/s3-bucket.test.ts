import { expect, test } from 'vitest';
import type { S3Config } from '../config/relay-config.ts';
import { bucketOrigin } from './bucket-origin.ts';
import { openS3Bucket } from './s3-bucket.ts';

const aws: S3Config = {
  bucket: 'models',
  prefix: '',
  region: 'eu-west-1',
  endpoint: undefined,
  publicEndpoint: undefined,
  pathStyle: false,
  credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'secret', sessionToken: undefined },
  urlSeconds: 300,
};

const own = new URL('http://minio.internal:9000');
const outside = new URL('https://s3.example.org');

test.each([
  ['AWS', {}, 'https://models.s3.eu-west-1.amazonaws.com'],
  ['its first region', { region: 'us-east-1' }, 'https://models.s3.us-east-1.amazonaws.com'],
  ['its region for governments', { region: 'us-gov-west-1' }, 'https://models.s3.us-gov-west-1.amazonaws.com'],
  ['its regions in China', { region: 'cn-north-1' }, 'https://models.s3.cn-north-1.amazonaws.com.cn'],
  ['a bucket with dots', { bucket: 'models.example.org' }, 'https://s3.eu-west-1.amazonaws.com'],
  ['AWS by path', { pathStyle: true }, 'https://s3.eu-west-1.amazonaws.com'],
  ['a server of one’s own', { endpoint: own, pathStyle: true }, 'http://minio.internal:9000'],
  ['one with names for buckets', { endpoint: own }, 'http://models.minio.internal:9000'],
  [
    'one that clients reach otherwise',
    { endpoint: own, publicEndpoint: outside, pathStyle: true },
    'https://s3.example.org',
  ],
] as const)('presigned addresses of %s begin as foreseen', async (_what, change, origin) => {
  const config = { ...aws, ...change };
  const bucket = await openS3Bucket(config);
  const url = new URL(await bucket.presign('GET', 'a/b'));
  bucket.close();
  expect([url.origin, bucketOrigin(config)]).toEqual([origin, origin]);
});

test('an address tells how long it is good for, signs nothing but the host, and asks for no checksums', async () => {
  const bucket = await openS3Bucket({ ...aws, urlSeconds: 60 });
  const url = new URL(await bucket.presign('GET', 'models/tiny/files/a b+ñ#?.bin'));
  const head = new URL(await bucket.presign('HEAD', 'models/tiny/files/a b+ñ#?.bin'));
  bucket.close();
  expect(url.pathname).toBe('/models/tiny/files/a%20b%2B%C3%B1%23%3F.bin');
  expect(Object.fromEntries(url.searchParams)).toMatchObject({ 'X-Amz-Expires': '60', 'X-Amz-SignedHeaders': 'host' });
  expect(url.search.toLowerCase()).not.toMatch(/checksum|range/);
  expect(head.searchParams.get('X-Amz-Signature')).not.toBe(url.searchParams.get('X-Amz-Signature'));
});

test('a session token goes along with the keys that it belongs to', async () => {
  const credentials = { accessKeyId: 'ASIATEST', secretAccessKey: 'secret', sessionToken: 'for-an-hour' };
  const bucket = await openS3Bucket({ ...aws, credentials });
  const url = new URL(await bucket.presign('GET', 'a'));
  bucket.close();
  expect(url.searchParams.get('X-Amz-Security-Token')).toBe('for-an-hour');
});

test('a server that is not there is a failure and no empty bucket', async () => {
  const bucket = await openS3Bucket({ ...aws, endpoint: new URL('http://127.0.0.1:9'), pathStyle: true });
  await expect(bucket.read('a', { etag: undefined })).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  await expect(bucket.sizes('a')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  bucket.close();
});
