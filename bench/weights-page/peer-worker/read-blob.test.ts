import { expect, test } from 'vitest';
import { readBlob } from './read-blob.ts';

test('counts what it read to the end, also of a Blob made of Blobs', async () => {
  const part = new Blob([new Uint8Array(300_000)]);
  expect(await readBlob(new Blob([part, part.slice(7), 'tail']))).toBe(300_000 + 299_993 + 4);
  expect(await readBlob(new Blob())).toBe(0);
});
