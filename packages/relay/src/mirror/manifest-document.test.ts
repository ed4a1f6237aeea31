import { randomBytes } from 'node:crypto';
import { brotliDecompressSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { readManifestDocument } from './manifest-document.ts';
import { manifestOf } from './mirror-relay.test.support.ts';

const bytes = Buffer.from(JSON.stringify(manifestOf('tiny', { 'a.bin': randomBytes(3) })));

test('a form is made once, also for those who ask for it at the same time', async () => {
  const document = readManifestDocument('tiny', bytes);
  const made = await Promise.all([document?.in('br'), document?.in('br')]);
  expect(made[0]).toBe(made[1]);
  expect(await document?.in('br')).toBe(made[0]);
  expect((await document?.in('identity'))?.bytes).toBe(bytes);
});

test('every form has a tag of its own', async () => {
  const document = readManifestDocument('tiny', bytes);
  const tags = await Promise.all(
    (['br', 'gzip', 'identity'] as const).map(async (form) => (await document?.in(form))?.etag),
  );
  expect(new Set(tags).size).toBe(3);
});

test.each([
  ['another id', Buffer.from(JSON.stringify(manifestOf('other', {})))],
  ['what is cut off', bytes.subarray(0, -1)],
  ['another document', Buffer.from('{}')],
  ['no text', Buffer.from([0xff, 0xfe, 0x00])],
  ['nothing', Buffer.alloc(0)],
])('%s is no manifest', (_what, content) => {
  expect(readManifestDocument('tiny', content)).toBeUndefined();
});

test('a very long manifest is packed in a moment, not thoroughly', async () => {
  const chunks = Array.from({ length: 12_000 }, (_, index) => ({
    offset: index * 10,
    length: 10,
    sha256: randomBytes(32).toString('hex'),
  }));
  const file = { path: 'a.bin', bytes: 120_000, sha256: '0'.repeat(64), chunks };
  const long = Buffer.from(JSON.stringify({ ...manifestOf('tiny', {}), files: [file] }));
  const packed = await readManifestDocument('tiny', long)?.in('br');
  expect(packed?.bytes.length).toBeLessThan(long.length / 2);
  expect(brotliDecompressSync(packed?.bytes ?? '').equals(long)).toBe(true);
});
