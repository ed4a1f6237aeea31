import { expect, test } from 'vitest';
import { backendBehaviours } from './backend-behaviour.double.ts';
import { indexedDbBackend } from './indexed-db-backend.ts';
import { memoryBackend } from './memory-backend.double.ts';

// The same behaviours run against IndexedDB in Chromium.
test.each(backendBehaviours)('the double that stands for IndexedDB: $name', ({ check }) => check(memoryBackend));

test('where there is no IndexedDB, every call says that the storage is unavailable', async () => {
  const { chunks, packages } = indexedDbBackend();
  const unavailable = { code: 'storage.unavailable', advice: expect.any(String) };
  await expect(chunks.get('a')).rejects.toMatchObject(unavailable);
  await expect(chunks.put('a', new Blob())).rejects.toMatchObject(unavailable);
  await expect(packages.keys()).rejects.toMatchObject(unavailable);
  await expect(packages.delete(['a'])).rejects.toMatchObject(unavailable);
});
