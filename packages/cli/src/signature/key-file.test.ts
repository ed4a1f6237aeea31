import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createKeyFile, readKeyFile } from './key-file.ts';
import { keyIdOf, parsePublicKey, rawPublicKey } from './public-key.ts';

async function scratch(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'orilla-keys-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

test('a key is written for its owner only, and read again', async () => {
  const path = join(await scratch(), 'key.pem');
  const made = await createKeyFile(path);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await readFile(path, 'utf8')).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
  const { privateKey, isOpenToOthers } = await readKeyFile(path);
  expect(isOpenToOthers).toBe(false);
  expect(privateKey.equals(made)).toBe(true);
});

test('a key file is never written over', async () => {
  const path = join(await scratch(), 'key.pem');
  await createKeyFile(path);
  const before = await readFile(path, 'utf8');
  await expect(createKeyFile(path)).rejects.toThrow('is there already');
  expect(await readFile(path, 'utf8')).toBe(before);
  await expect(createKeyFile(join(path, 'x'))).rejects.toThrow();
  await expect(createKeyFile(join(await scratch(), 'no', 'key.pem'))).rejects.toThrow("its folder doesn't exist");
});

test('a key that others may read is told of', async () => {
  const path = join(await scratch(), 'key.pem');
  await createKeyFile(path);
  await chmod(path, 0o644);
  expect((await readKeyFile(path)).isOpenToOthers).toBe(true);
});

test('what is no Ed25519 key is refused without a word of its content', async () => {
  const folder = await scratch();
  const rsa = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey.export({ type: 'pkcs8', format: 'pem' });
  for (const content of ['secret words', rsa, '']) {
    const path = join(folder, 'key.pem');
    await writeFile(path, content);
    await expect(readKeyFile(path)).rejects.toThrow(`${path} holds no Ed25519 private key in PEM.`);
  }
  await expect(readKeyFile(join(folder, 'gone.pem'))).rejects.toThrow('Make one by `orilla keys create');
});

test('the public part is 32 bytes in base64 and verifies what the private one signed', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const raw = rawPublicKey(privateKey);
  expect(raw).toHaveLength(32);
  expect(rawPublicKey(publicKey)).toEqual(raw);
  expect(keyIdOf(raw)).toMatch(/^[0-9a-f]{16}$/);
  const parsed = parsePublicKey(raw.toString('base64'));
  expect(verify(null, Buffer.from('text'), parsed, sign(null, Buffer.from('text'), privateKey))).toBe(true);
});

test.each(['', 'AAAA', 'not base64', Buffer.alloc(33).toString('base64'), Buffer.alloc(32).toString('hex')])(
  'the public key %j is refused',
  (text) => {
    expect(() => parsePublicKey(text)).toThrow('32 bytes in base64');
  },
);
