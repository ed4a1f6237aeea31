import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { collect } from './collect.double.ts';
import { readLocalFile } from './read-local-file.ts';

const content = Buffer.from(Uint8Array.from({ length: 2_500_000 }, (_, index) => (index * 31) % 253));

async function file(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'orilla-read-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'file'), content);
  return join(folder, 'file');
}

test('a file is read to its end, from any place on', async () => {
  const path = await file();
  for (const start of [0, 1, 1_048_576, 2_499_999, 2_500_000, 9_000_000])
    expect((await collect(readLocalFile(path, { start }))).equals(content.subarray(start))).toBe(true);
});

test('all pieces come through one buffer', async () => {
  const buffers = new Set<ArrayBufferLike>();
  for await (const piece of readLocalFile(await file())) buffers.add(piece.buffer);
  expect(buffers.size).toBe(1);
});

test('who leaves the loop closes the file', async () => {
  const reading = readLocalFile(await file());
  for await (const _ of reading) break;
  expect(await reading.next()).toEqual({ value: undefined, done: true });
});

test('an abort ends it with its reason, before and in the middle; what is not there is an error', async () => {
  const path = await file();
  const stop = new AbortController();
  const reading = (async () => {
    for await (const _ of readLocalFile(path, { signal: stop.signal })) stop.abort();
  })();
  await expect(reading).rejects.toMatchObject({ name: 'AbortError' });
  await expect(collect(readLocalFile(path, { signal: stop.signal }))).rejects.toMatchObject({ name: 'AbortError' });
  await expect(collect(readLocalFile(`${path}.gone`))).rejects.toThrow('ENOENT');
});
