import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { type MemorySourceOptions, memorySource } from '../files/memory-source.double.ts';
import { memoryTarget } from '../target/memory-target.double.ts';
import { NotServed } from '../target/mirror-reader.ts';
import { type StoreFileOptions, storeFile } from './store-file.ts';

const bytes = Buffer.from(Uint8Array.from({ length: 5_000 }, (_, index) => index % 249));
const sha256 = createHash('sha256').update(bytes).digest('hex');
const file = { from: 'a.bin', path: 'b.bin', tensorOffset: 1_000 };

function setUp(options: MemorySourceOptions = {}) {
  const source = memorySource({ 'a.bin': bytes }, options);
  const target = memoryTarget();
  const done: number[] = [];
  const store = (change: Partial<StoreFileOptions> = {}) =>
    storeFile(file, {
      source,
      target,
      id: 'tiny',
      stored: new Map([...target.files].map(([path, { length }]) => [path, length])),
      onBytes: (count) => done.push(count),
      ...change,
    });
  return { source, target, done, store };
}

test('a file goes under its name in the package, cut where its tensors begin', async () => {
  const { target, store } = setUp();
  const stored = await store();
  expect(stored).toMatchObject({ path: 'b.bin', bytes: 5_000, sha256 });
  expect(stored.chunks?.map(({ offset, length }) => [offset, length])).toEqual([
    [0, 1_000],
    [1_000, 4_000],
  ]);
  expect(target.files.get('tiny/files/b.bin')).toEqual(bytes);
});

test('what can be linked is linked, and what stands there then is hashed: the source may go on being written', async () => {
  const { source, target, done, store } = setUp();
  const linked: string[][] = [];
  const local = { ...source, localPath: (path: string) => `/disk/${path}` };
  const linkFile = async (path: string, from: string) => {
    target.files.set(path, bytes);
    return linked.push([path, from]) > 0;
  };
  expect((await store({ source: local, target: { ...target, linkFile } })).sha256).toBe(sha256);
  expect(linked).toEqual([['tiny/files/b.bin', '/disk/a.bin']]);
  expect(source.reads).toEqual([]);
  expect(target.steps).toEqual(['read tiny/files/b.bin']);
  expect(done.reduce((sum, count) => sum + count, 0)).toBe(5_000);
});

test('what cannot be linked is copied, and hashed in the same pass', async () => {
  const { source, target, store } = setUp();
  const local = { ...source, localPath: () => '/disk/a.bin' };
  expect((await store({ source: local, target: { ...target, linkFile: async () => false } })).sha256).toBe(sha256);
  expect(source.reads).toHaveLength(1);
  expect(target.steps).toEqual(['put tiny/files/b.bin']);
});

test('without a hash that the source tells, nothing that stands there is believed', async () => {
  const { source, target, store } = setUp();
  target.files.set('tiny/files/b.bin', bytes);
  await store();
  expect(source.reads).toHaveLength(1);
});

test('a linked file that is written meanwhile is told', async () => {
  const { source, target, store } = setUp();
  const local = { ...source, files: [{ path: 'a.bin', bytes: 4_999 }], localPath: () => '/disk/a.bin' };
  const linkFile = async (path: string) => target.files.set(path, bytes).size > 0;
  const linking = store({ source: local, target: { ...target, linkFile } });
  await expect(linking).rejects.toThrow('has 5000 bytes, and 4999 were told. Is something writing it?');
});

test('a target that takes only a part of a file is told', async () => {
  const { target, store } = setUp();
  const lazy = { ...target, putFile: async () => undefined };
  await expect(store({ target: lazy })).rejects.toThrow('the target did not take all of a.bin');
});

test('a file that the source does not have is told', async () => {
  const { source, store } = setUp();
  await expect(store({ source: { ...source, files: [] } })).rejects.toThrow('the source holds no a.bin');
});

test('what stands there and no mirror would serve is put there anew', async () => {
  const { target, source, store } = setUp({ tellsHashes: true });
  target.files.set('tiny/files/b.bin', bytes);
  const readFile = async () => Promise.reject(new NotServed('a link'));
  expect((await store({ target: { ...target, readFile } })).sha256).toBe(sha256);
  expect([source.reads.length, target.steps]).toEqual([1, ['put tiny/files/b.bin']]);
});

test('a linked file that is gone at once is told', async () => {
  const { source, target, store } = setUp();
  const local = { ...source, localPath: () => '/disk/a.bin' };
  const linking = store({ source: local, target: { ...target, linkFile: async () => true } });
  await expect(linking).rejects.toThrow('the target has lost tiny/files/b.bin already');
});

test('a source that sends more than it told of is left at once, and nothing of it is kept', async () => {
  for (const keepsParts of [false, true]) {
    const { source, target, done, store } = setUp();
    let given = 0;
    async function* endless() {
      for (; ; given++) yield bytes;
    }
    const long = { ...source, files: [{ path: 'a.bin', bytes: 12_000, sha256 }], read: endless };
    await expect(store({ source: long, target: { ...target, keepsParts } })).rejects.toThrow(
      'a.bin from the source goes on behind the 12000 bytes that were told',
    );
    expect([given, done.length]).toEqual([2, 2]);
    expect([...target.files.keys()]).toEqual([]);
  }
});

test('a target that keeps no parts begins anew', async () => {
  let isCut = true;
  const { source, target, store } = setUp({
    tellsHashes: true,
    onPiece: (_, offset) => {
      if (isCut && offset >= 3_000) throw new Error('cut');
    },
  });
  await expect(store()).rejects.toThrow('cut');
  expect([...target.files.keys()]).toEqual([]);
  isCut = false;
  await store();
  expect(source.reads.map(({ start }) => start)).toEqual([0, 0]);
});
