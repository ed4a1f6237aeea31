import { randomBytes } from 'node:crypto';
import { isOrillaError } from '@orilla/contract';
import { expect, test } from 'vitest';
import type { RelayEvent } from '../http/relay-log.ts';
import { manifestOf } from './mirror-relay.test.support.ts';
import type { S3Bucket } from './s3-bucket.ts';
import { createS3Source } from './s3-source.ts';

const weights = randomBytes(10);

/**
 * A bucket in memory, to count questions and to fail on command; the ways through a real one are in `test/integration/mirror`.
 */
function setUp(prefix = '') {
  const objects = new Map<string, Buffer>();
  const events: RelayEvent[] = [];
  const asked = { read: 0, sizes: 0 };
  const failures: { read?: Error | undefined; sizes?: Error | undefined; presign?: Error } = {};
  let nowMs = 0;
  const bucket: S3Bucket = {
    async read(key, { etag }) {
      asked.read++;
      if (failures.read) throw failures.read;
      const bytes = objects.get(key);
      const current = bytes && String(bytes.length);
      return bytes && (current === etag ? null : { bytes, etag: current });
    },
    async sizes(start) {
      asked.sizes++;
      if (failures.sizes) throw failures.sizes;
      return new Map([...objects].filter(([key]) => key.startsWith(start)).map(([key, bytes]) => [key, bytes.length]));
    },
    async presign(method, key) {
      if (failures.presign) throw failures.presign;
      return `https://s3.example/${key}?${method}`;
    },
    close: () => undefined,
  };
  const { find } = createS3Source({ prefix }, { bucket, log: (_level, event) => events.push(event), now: () => nowMs });
  const put = (id: string, files: Record<string, Buffer>, described = files) => {
    for (const [path, bytes] of Object.entries(files)) objects.set(`${prefix}${id}/files/${path}`, bytes);
    objects.set(`${prefix}${id}/manifest.json`, Buffer.from(JSON.stringify(manifestOf(id, described))));
  };
  const pass = (ms: number) => {
    nowMs += ms;
  };
  return { find, put, pass, objects, events, asked, failures };
}

/** `AccessDenied` and the like, as the SDK throws them. */
const s3Error = (name: string) => Object.assign(new Error('told by the server'), { name });

test('a manifest is read once for all who ask within a while, then asked for by its tag', async () => {
  const { find, put, pass, asked } = setUp();
  put('tiny', { 'a.bin': weights });
  const found = await Promise.all([find('tiny'), find('tiny'), find('tiny')]);
  expect(new Set(found.map((one) => one?.document.manifest.id))).toEqual(new Set(['tiny']));
  expect(asked).toEqual({ read: 1, sizes: 1 });
  await find('tiny');
  expect(asked).toEqual({ read: 1, sizes: 1 });
  pass(2_001);
  expect((await find('tiny'))?.document).toBe(found[0]?.document);
  expect(asked).toEqual({ read: 2, sizes: 1 });
});

test('a package that appears, grows or goes is noticed within seconds', async () => {
  const { find, put, pass, objects } = setUp();
  expect(await find('late')).toBeUndefined();
  put('late', { 'a.bin': weights });
  expect(await find('late')).toBeUndefined();
  pass(2_001);
  expect((await find('late'))?.document.manifest.files).toHaveLength(1);
  put('late', { 'a.bin': weights, 'b.bin': weights });
  pass(2_001);
  expect((await find('late'))?.document.manifest.files).toHaveLength(2);
  objects.clear();
  pass(2_001);
  expect(await find('late')).toBeUndefined();
});

test('who asks for many packages that are not there does not push out those that are', async () => {
  const { find, put, asked } = setUp();
  put('tiny', { 'a.bin': weights });
  await find('tiny');
  for (let index = 0; index < 2_000; index++) expect(await find(`none-${index}`)).toBeUndefined();
  const before = asked.read;
  expect(await find('tiny')).toBeDefined();
  expect(asked.read).toBe(before);
});

test.each(['..', 'a/b', '', '.a', 'a b', 'a\\b', 'a\0'])('%j never reaches the bucket', async (id) => {
  const { find, asked } = setUp();
  expect(await find(id)).toBeUndefined();
  expect(asked.read).toBe(0);
});

test.each(['{', '{}', JSON.stringify(manifestOf('other', {}))])(
  'an object that is no manifest of this package is none: %s',
  async (text) => {
    const { find, objects, asked } = setUp();
    objects.set('tiny/manifest.json', Buffer.from(text));
    expect(await find('tiny')).toBeUndefined();
    expect(await find('tiny')).toBeUndefined();
    expect(asked).toEqual({ read: 1, sizes: 0 });
  },
);

/** An exchange as far as a redirect needs one. */
async function answer(source: ReturnType<typeof setUp>, id: string, path: string, method = 'GET') {
  const found = await source.find(id);
  const file = found?.document.manifest.files.find((candidate) => candidate.path === path);
  if (!found || !file) throw new Error('The test asks for what it did not put there.');
  const { promise, resolve } = Promise.withResolvers<Record<string, unknown>>();
  const headers: Record<string, unknown> = {};
  const response = {
    hasHeader: () => false,
    setHeader: (name: string, value: unknown) => Object.assign(headers, { [name]: value }),
    writeHead: (status: number, more: object) => {
      resolve({ status, ...headers, ...more });
      return { end: () => undefined };
    },
  };
  // As much of a response as is used; the whole of it answers in the integration tests.
  await found.answerFile({ request: { method }, response } as unknown as Parameters<typeof found.answerFile>[0], file);
  return promise;
}

test('a file is a way to the bucket, signed for the method, that nobody keeps', async () => {
  const source = setUp('models/');
  source.put('tiny', { 'deep/a.bin': weights });
  expect(await answer(source, 'tiny', 'deep/a.bin')).toMatchObject({
    status: 307,
    Location: 'https://s3.example/models/tiny/files/deep/a.bin?GET',
    'Cache-Control': 'no-store',
    'Cross-Origin-Resource-Policy': 'same-origin',
  });
  expect(await answer(source, 'tiny', 'deep/a.bin', 'HEAD')).toMatchObject({
    Location: 'https://s3.example/models/tiny/files/deep/a.bin?HEAD',
  });
});

test('files that are missing or of another size are told, and served as soon as they are right', async () => {
  const source = setUp();
  const { put, pass, objects, events, asked } = source;
  put(
    'tiny',
    { 'good.bin': weights, 'short.bin': weights.subarray(1) },
    { 'good.bin': weights, 'short.bin': weights, 'none.bin': weights },
  );
  await expect(answer(source, 'tiny', 'none.bin')).rejects.toMatchObject({ code: 'protocol.unknown-route' });
  await expect(answer(source, 'tiny', 'short.bin')).rejects.toMatchObject({ code: 'relay.failed' });
  expect(await answer(source, 'tiny', 'good.bin')).toMatchObject({ status: 307 });
  expect(events).toEqual([{ event: 'mirror-incomplete', package: 'tiny', missing: 1, differing: 1 }]);
  objects.set('tiny/files/none.bin', weights).set('tiny/files/short.bin', weights);
  pass(2_001);
  expect(await answer(source, 'tiny', 'none.bin')).toMatchObject({ status: 307 });
  expect(await answer(source, 'tiny', 'short.bin')).toMatchObject({ status: 307 });
  // Once all is right it is not looked over again.
  pass(2_001);
  await source.find('tiny');
  expect(asked.sizes).toBe(2);
});

test('keys that may not list are enough', async () => {
  const source = setUp();
  source.put('tiny', { 'a.bin': weights });
  source.failures.sizes = s3Error('AccessDenied');
  expect(await answer(source, 'tiny', 'a.bin')).toMatchObject({ status: 307 });
  expect(source.events).toEqual([{ event: 'mirror-unreachable', reason: 'AccessDenied' }]);
});

test.each([
  [s3Error('AccessDenied'), 'AccessDenied', 's3:GetObject'],
  [s3Error('NoSuchBucket'), 'NoSuchBucket', 'mirror.s3.bucket'],
  [s3Error('SignatureDoesNotMatch'), 'SignatureDoesNotMatch', 'mirror.s3.credentials'],
  [Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }), 'ECONNREFUSED', 'Try again'],
  [s3Error('<b>told & by; somebody</b>'), 'unknown', 'Try again'],
])('a bucket that fails is told with why, and what to do: %s', async (error, reason, advice) => {
  const { find, events, failures } = setUp();
  failures.read = error;
  const failure: unknown = await find('tiny').catch((cause: unknown) => cause);
  expect(isOrillaError(failure) && [failure.code, failure.isRetryable]).toEqual(['catalog.unreachable', true]);
  expect(failure).toMatchObject({
    message: `The bucket of this mirror can't be read (${reason}).`,
    advice: expect.stringContaining(advice),
  });
  expect(events).toEqual([{ event: 'mirror-unreachable', reason }]);
  failures.read = undefined;
  expect(await find('tiny')).toBeUndefined();
});

test('a bucket that fails later leaves what was read', async () => {
  const { find, put, pass, failures } = setUp();
  put('tiny', { 'a.bin': weights });
  await find('tiny');
  failures.read = s3Error('SlowDown');
  pass(60_000);
  expect((await find('tiny'))?.document.manifest.id).toBe('tiny');
  await expect(find('other')).rejects.toMatchObject({ code: 'catalog.unreachable' });
});

test('a bucket that does not answer is not asked by every request', async () => {
  const { find, put, pass, failures, asked } = setUp();
  put('tiny', { 'a.bin': weights });
  await find('tiny');
  failures.read = s3Error('TimeoutError');
  pass(60_000);
  for (let request = 0; request < 5; request++) expect(await find('tiny')).toBeDefined();
  expect(asked.read).toBe(2);
  pass(2_001);
  await find('tiny');
  expect(asked.read).toBe(3);
});

test('a manifest that the bucket does not confirm counts for ten minutes, and again once it does', async () => {
  const { find, put, pass, failures } = setUp();
  put('tiny', { 'a.bin': weights });
  await find('tiny');
  failures.read = s3Error('AccessDenied');
  for (let minute = 0; minute < 9; minute++) {
    pass(60_000);
    expect(await find('tiny')).toBeDefined();
  }
  pass(60_000);
  await expect(find('tiny')).rejects.toMatchObject({ code: 'catalog.unreachable' });
  failures.read = undefined;
  expect(await find('tiny')).toBeDefined();
});

test('a way that cannot be signed is told as such', async () => {
  const source = setUp();
  source.put('tiny', { 'a.bin': weights });
  source.failures.presign = s3Error('CredentialsProviderError');
  await expect(answer(source, 'tiny', 'a.bin')).rejects.toMatchObject({
    code: 'catalog.unreachable',
    advice: expect.stringContaining('role'),
  });
});
