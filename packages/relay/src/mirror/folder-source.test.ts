import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ModelManifest, manifestSchema } from '@orilla/contract';
import { expect, onTestFinished, test } from 'vitest';
import { createFolderSource } from './folder-source.ts';

const manifest: ModelManifest = {
  schema: manifestSchema,
  id: 'p',
  engine: 'llamacpp',
  files: [{ path: 'f', bytes: 1, sha256: '0'.repeat(64) }],
  contextLength: 1,
  memory: { weights: 1, kvPerToken: 1, scratch: 1 },
  license: 'Apache-2.0',
};

/** A mirror with one package, and a disk that fails as often as the test says. */
async function setUp(text = JSON.stringify(manifest)) {
  const folder = await mkdtemp(join(tmpdir(), 'orilla-mirror-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await mkdir(join(folder, 'p'));
  await writeFile(join(folder, 'p', 'manifest.json'), text);
  const failures: string[] = [];
  let reads = 0;
  const read = async (path: string) => {
    reads++;
    const code = failures.shift();
    if (code !== undefined) throw Object.assign(new Error(code), { code });
    return readFile(path);
  };
  return { find: createFolderSource(folder, { read }).find, folder, failures, reads: () => reads };
}

test.each(['EMFILE', 'EIO', 'EACCES', 'ENOENT'])(
  '%s while reading is a failure, and the next request tries again',
  async (code) => {
    const { find, failures } = await setUp();
    failures.push(code);
    await expect(find('p')).rejects.toMatchObject({ code });
    expect((await find('p'))?.document.manifest).toEqual(manifest);
  },
);

test('a manifest is read once', async () => {
  const { find, reads } = await setUp();
  expect((await find('p'))?.document.manifest.id).toBe('p');
  expect((await find('p'))?.document.manifest.id).toBe('p');
  expect(reads()).toBe(1);
});

test.each(['{"schema":', '{}', '[]', JSON.stringify({ ...manifest, id: 'q' })])(
  'a manifest that offers nothing is no package, and that is remembered: %s',
  async (text) => {
    const { find, reads } = await setUp(text);
    expect(await find('p')).toBeUndefined();
    expect(await find('p')).toBeUndefined();
    expect(reads()).toBe(1);
  },
);

test('what is not there is no package', async () => {
  const { find, reads } = await setUp();
  for (const id of ['q', '..', 'p/..', '', '.p']) expect(await find(id)).toBeUndefined();
  expect(reads()).toBe(0);
});
