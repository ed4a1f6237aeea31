import { expect, test } from 'vitest';
import { backendBehaviours } from './backend-behaviour.double.ts';
import { memoryBackend } from './memory-backend.double.ts';
import { openBackend, presentBackend } from './open-backend.ts';

// The same behaviours run in Chromium, against IndexedDB and files.
test.each(backendBehaviours)('the double that stands for a browser: $name', ({ check }) => {
  const backend = memoryBackend();
  return check(async () => backend);
});

const unavailable = { code: 'storage.unavailable', advice: expect.any(String) };

test('where there is no IndexedDB, every call says that the storage is unavailable', async () => {
  const { chunks, packages } = presentBackend({ kind: 'indexeddb', name: 'orilla', locks: null });
  await expect(chunks.get('a')).rejects.toMatchObject(unavailable);
  await expect(chunks.put('a', new Blob())).rejects.toMatchObject(unavailable);
  await expect(packages.keys()).rejects.toMatchObject(unavailable);
  await expect(packages.delete(['a'])).rejects.toMatchObject(unavailable);
});

test.each(['indexeddb', 'opfs'] as const)('where there is no IndexedDB, %s is not opened', async (kind) => {
  await expect(openBackend({ kind })).rejects.toMatchObject(unavailable);
});
