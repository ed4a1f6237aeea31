import { expect, test } from 'vitest';
import { gitBlobId } from './git-blob.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

// As `git hash-object` names them.
const known = [
  ['', 'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391'],
  ['hello\n', 'ce013625030ba8dba906f756967f9e9ca394464a'],
] as const;

test.each(known)('%j has the name that Git gives it', async (content, id) => {
  expect(await gitBlobId(bytes(content))).toBe(id);
});

test('without WebCrypto it is the same', async () => {
  for (const [content, id] of known) expect(await gitBlobId(bytes(content), { subtle: null })).toBe(id);
});
