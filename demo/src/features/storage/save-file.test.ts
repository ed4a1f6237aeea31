import { expect, test } from 'vitest';
import { type FilePickerWindow, saveFile } from './save-file.ts';

const file = new Blob(['one ', 'two']);

function world(picker: FilePickerWindow) {
  const downloads: string[] = [];
  return { picker, downloads, download: (name: string) => downloads.push(name) };
}

test('writes the file as a stream to where the reader says, under the name that is suggested', async () => {
  let written = '';
  let suggested = '';
  const decoder = new TextDecoder();
  const where = world({
    showSaveFilePicker: async ({ suggestedName }) => {
      suggested = suggestedName;
      return {
        createWritable: async () =>
          new WritableStream({
            write: (bytes) => {
              written += decoder.decode(bytes, { stream: true });
            },
          }),
      };
    },
  });
  await saveFile('tiny.tar', file, where);
  expect([suggested, written, where.downloads]).toEqual(['tiny.tar', 'one two', []]);
});

test('a reader who closes the dialog gets nothing', async () => {
  const where = world({ showSaveFilePicker: () => Promise.reject(new DOMException('closed', 'AbortError')) });
  await expect(saveFile('tiny.tar', file, where)).rejects.toMatchObject({ name: 'AbortError' });
  expect(where.downloads).toEqual([]);
});

test.each([
  ['has no dialog', {}],
  [
    'does not open it now',
    { showSaveFilePicker: () => Promise.reject(new DOMException('no user gesture', 'SecurityError')) },
  ],
] as const)('a browser that %s downloads the file', async (_, picker) => {
  const where = world(picker);
  await saveFile('tiny.tar', file, where);
  expect(where.downloads).toEqual(['tiny.tar']);
});

test('a disk that fills up while the file is written is a failure, not a download', async () => {
  const full = new DOMException('full', 'QuotaExceededError');
  const where = world({
    showSaveFilePicker: async () => ({
      createWritable: async () =>
        new WritableStream({
          write: () => {
            throw full;
          },
        }),
    }),
  });
  await expect(saveFile('tiny.tar', file, where)).rejects.toBe(full);
  expect(where.downloads).toEqual([]);
});
