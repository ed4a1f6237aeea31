import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { checkGitBlob } from './check-git-blob.ts';
import { collect } from './collect.double.ts';

async function* pieces(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

const name = 'hf:us/model@main/config.json';
const check = (oid: string, bytes: number, ...texts: string[]) =>
  collect(checkGitBlob(pieces(...texts), { oid, bytes, name }));

test('a file is held to the id that git itself gives it', async () => {
  // git hash-object of a file that holds "hello\n".
  const oid = 'ce013625030ba8dba906f756967f9e9ca394464a';
  expect((await check(oid, 6, 'hel', 'lo\n')).toString()).toBe('hello\n');
  await expect(check(oid, 6, 'hallo\n')).rejects.toThrow(`${name} is not the file that the hub keeps in Git`);
  await expect(check(oid, 6, 'hello')).rejects.toThrow('damaged');
  await expect(check(oid, 5, 'hello\n')).rejects.toThrow('damaged');
});

test('repositories that hash by SHA-256 are held to that', async () => {
  const oid = createHash('sha256').update('blob 6\0hello\n').digest('hex');
  expect((await check(oid, 6, 'hello\n')).toString()).toBe('hello\n');
  await expect(check(oid, 6, 'hallo\n')).rejects.toThrow('damaged');
});

test.each(['1', '', 'pointer', 'Z'.repeat(40)])('%j is no id that anything could be held to', async (oid) => {
  expect((await check(oid, 6, 'any\n')).toString()).toBe('any\n');
});
