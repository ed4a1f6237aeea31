import { expect, test } from 'vitest';
import { makeSigner } from './signed-package.double.ts';
import { readTrustedKeys } from './trusted-keys.ts';

test('keys are read in their order, and none are none', () => {
  const { publicKey } = makeSigner();
  const zeros = `${'A'.repeat(43)}=`;
  expect(readTrustedKeys([publicKey, zeros])).toEqual([
    Uint8Array.from(Buffer.from(publicKey, 'base64')),
    new Uint8Array(32),
  ]);
  expect(readTrustedKeys()).toEqual([]);
});

test.each([
  ['nothing', ''],
  ['a word', 'my key'],
  ['31 bytes', Buffer.alloc(31).toString('base64')],
  ['33 bytes', Buffer.alloc(33).toString('base64')],
  ['hex', 'ab'.repeat(32)],
  ['a PEM file', '-----BEGIN PUBLIC KEY-----'],
  ['base64 for URLs', `${'-'.repeat(43)}=`],
])('%s is no key, which is said at once and by its place', (_, key) => {
  const good = `${'A'.repeat(43)}=`;
  expect(() => readTrustedKeys([good, key])).toThrow('trusted key 2 of 2 is not 32 bytes in base64');
});

test('the error does not repeat what was given: it may be the private key', () => {
  const secret = 'c2VjcmV0';
  try {
    readTrustedKeys([secret]);
    expect.unreachable();
  } catch (error) {
    expect(error).toMatchObject({ code: 'catalog.bad-signature', advice: expect.any(String) });
    expect(String(error)).not.toContain(secret);
  }
});
