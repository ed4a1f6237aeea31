import { expect, test } from 'vitest';
import { type ChunkFile, opfsFiles } from './chunk-files.ts';

// The order of things when something fails; the real file system is tested in Chromium.

/** A folder of the private file system, as far as a write uses it. */
function folderDouble({
  write = async () => undefined,
  remove = async () => undefined,
}: {
  readonly write?: () => Promise<void>;
  readonly remove?: () => Promise<void>;
} = {}) {
  const kept = new Set<string>();
  const directory = {
    async getFileHandle(name: string) {
      kept.add(name);
      return { createWritable: async () => new WritableStream({ write }) };
    },
    async removeEntry(name: string) {
      await remove();
      kept.delete(name);
    },
  };
  // No more of the file system's own types is asked for.
  const storage = {
    getDirectory: async () => ({ getDirectoryHandle: async () => directory }),
  } as unknown as Pick<StorageManager, 'getDirectory'>;
  return { kept, files: opfsFiles({ folder: 'test-chunks', storage, locks: navigator.locks }) };
}

const full = () => Promise.reject(new DOMException('Full.', 'QuotaExceededError'));
const put = (files: ReturnType<typeof opfsFiles>, use: (file: ChunkFile) => Promise<void> = async () => undefined) =>
  files.write('a', new Blob(['bytes']), use);

test('a file that is in use already stays when something fails after that', async () => {
  const { files, kept } = folderDouble();
  const used: string[] = [];
  const failing = put(files, async ({ file }) => {
    used.push(file);
    throw new Error('the file of an earlier row could not be removed');
  });
  await expect(failing).rejects.toMatchObject({ code: 'storage.unavailable' });
  expect([...kept]).toEqual(used);
});

test('a file that could not be written is removed', async () => {
  const { files, kept } = folderDouble({ write: full });
  await expect(put(files)).rejects.toMatchObject({ code: 'storage.quota-exceeded' });
  expect(kept.size).toBe(0);
});

test('that the disk is full is told also where the rest of the file cannot be removed', async () => {
  const { files } = folderDouble({
    write: full,
    remove: () => Promise.reject(new DOMException('Busy.', 'InvalidStateError')),
  });
  await expect(put(files)).rejects.toMatchObject({ code: 'storage.quota-exceeded' });
});
