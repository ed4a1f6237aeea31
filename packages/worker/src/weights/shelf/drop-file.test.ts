import { expect, test } from 'vitest';
import { memoryBackend } from '../backend/memory-backend.double.ts';
import type { Draft } from '../backend/weight-backend.ts';
import { samplePackage } from '../sample-package.double.ts';
import { WeightShelf } from './weight-shelf.ts';

const { manifest } = samplePackage();
const file = (path: string) => ({ path, bytes: 10, sha256: 'f'.repeat(64) });
const draft: Draft = {
  manifest: { ...manifest, files: [file('a'), file('b')] },
  document: null,
  pkg: null,
  isPaused: true,
  quarantine: { a: { pieces: ['aa'] }, b: { pieces: ['bb'] } },
};

async function setUp(chunks: readonly string[]) {
  const backend = memoryBackend();
  await backend.drafts.put('sample', draft);
  for (const hash of chunks) await backend.chunks.put(hash, new Blob([hash]));
  return { backend, shelf: new WeightShelf(backend) };
}

test('what came of the file goes, and what came of others stays', async () => {
  const { backend, shelf } = await setUp(['aa', 'bb']);
  await shelf.dropFile('sample', 'a');
  expect(await backend.chunks.keys()).toEqual(['bb']);
  expect(await backend.drafts.get('sample')).toEqual({ ...draft, quarantine: { b: { pieces: ['bb'] } } });
});

test('a draft of which nothing else came goes as well', async () => {
  const { backend, shelf } = await setUp(['aa']);
  await shelf.dropFile('sample', 'a');
  expect(await backend.chunks.keys()).toEqual([]);
  expect(await shelf.list()).toEqual([]);
});

test('a chunk that another package names stays', async () => {
  const { backend, shelf } = await setUp(['aa', 'bb']);
  const other = { ...draft, manifest: { ...draft.manifest, id: 'other' } };
  await backend.drafts.put('other', other);
  await shelf.dropFile('sample', 'a');
  expect((await backend.chunks.keys()).toSorted()).toEqual(['aa', 'bb']);
});

test('where there is no draft, or no such file, nothing happens', async () => {
  const { backend, shelf } = await setUp(['aa', 'bb']);
  await shelf.dropFile('unknown', 'a');
  await shelf.dropFile('sample', 'c');
  expect(await backend.chunks.keys()).toEqual(['aa', 'bb']);
});
