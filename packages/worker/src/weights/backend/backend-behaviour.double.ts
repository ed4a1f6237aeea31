import type { ModelManifest } from '@orilla/contract';
import type { PackageRecord, WeightBackend } from './weight-backend.ts';

/** What every backend must do. Runs anywhere: outside a browser against the double, and in Chromium against IndexedDB and files. */
export interface Behaviour {
  readonly name: string;
  /**
   * `open` opens the same store each time, empty at first: the second time as another tab does, or this one after a reload.
   * @throws Error where the backend does otherwise
   */
  readonly check: (open: () => Promise<WeightBackend>) => Promise<void>;
}

const manifest: ModelManifest = {
  schema: 'orilla.model/1',
  id: 'one',
  engine: 'llamacpp',
  files: [],
  contextLength: 1,
  memory: { weights: 1, kvPerToken: 1, scratch: 1 },
  license: 'Apache-2.0',
};

const record: PackageRecord = { manifest, document: null, pkg: null };

export const backendBehaviours: readonly Behaviour[] = [
  {
    name: 'gives back the bytes of a chunk that was put, and nothing for one that was not',
    async check(open) {
      const { chunks } = await open();
      await chunks.put('aa', new Blob(['hello ', 'there']));
      const found = await chunks.get('aa');
      expectSame(found instanceof Blob, true);
      expectSame(await found?.text(), 'hello there');
      expectSame(await chunks.get('bb'), undefined);
    },
  },
  {
    name: 'gives many chunks in the order they were asked for, with gaps where there is none',
    async check(open) {
      const { chunks } = await open();
      await Promise.all(['a', 'b', 'c'].map((key) => chunks.put(key, new Blob([key]))));
      const found = await chunks.getMany(['c', 'x', 'a', 'c']);
      expectSame(await Promise.all(found.map((blob) => blob?.text())), ['c', undefined, 'a', 'c']);
      expectSame(await chunks.getMany([]), []);
    },
  },
  {
    name: 'makes one Blob of many without losing or mixing a byte',
    async check(open) {
      const { chunks } = await open();
      const keys = Array.from({ length: 20 }, (_, index) => `k${index}`);
      await Promise.all(keys.map((key, index) => chunks.put(key, new Blob([new Uint8Array(50_000).fill(index)]))));
      const blob = new Blob((await chunks.getMany(keys)).map((part) => part ?? ''));
      expectSame(blob.size, 1_000_000);
      const around = new Uint8Array(await blob.slice(49_999, 50_001).arrayBuffer());
      expectSame([...around], [0, 1]);
    },
  },
  {
    name: 'lists the keys that are there',
    async check(open) {
      const { chunks } = await open();
      expectSame(await chunks.keys(), []);
      await chunks.put('b', new Blob(['1']));
      await chunks.put('a', new Blob(['2']));
      await chunks.put('b', new Blob(['1']));
      expectSame([...(await chunks.keys())].sort(), ['a', 'b']);
      expectSame(await (await chunks.get('b'))?.text(), '1');
    },
  },
  {
    name: 'a chunk that is put again can still be read by who has it open',
    async check(open) {
      const [one, other] = [await open(), await open()];
      await one.chunks.put('a', new Blob(['bytes']));
      const opened = await one.chunks.get('a');
      await Promise.all([other, one, other].map(({ chunks }) => chunks.put('a', new Blob(['bytes']))));
      expectSame(await opened?.text(), 'bytes');
      expectSame(await (await other.chunks.get('a'))?.text(), 'bytes');
    },
  },
  {
    name: 'a chunk of another length takes the place of one that was cut short',
    async check(open) {
      const { chunks } = await open();
      await chunks.put('a', new Blob(['byt']));
      await chunks.put('a', new Blob(['bytes']));
      expectSame(await (await chunks.get('a'))?.text(), 'bytes');
    },
  },
  {
    name: 'deletes what is named and passes over what is not there',
    async check(open) {
      const { chunks } = await open();
      await chunks.put('a', new Blob(['1']));
      await chunks.put('b', new Blob(['2']));
      await chunks.delete(['a', 'zz']);
      await chunks.delete([]);
      expectSame(await chunks.keys(), ['b']);
    },
  },
  {
    name: 'keeps chunks, packages, drafts and marks apart',
    async check(open) {
      const { chunks, packages, drafts, marks } = await open();
      await packages.put('one', record);
      await drafts.put('two', record);
      await marks.put('three', { isPinned: true, lastUsedMs: 1 });
      expectSame(await chunks.keys(), []);
      expectSame(await packages.keys(), ['one']);
      expectSame(await drafts.keys(), ['two']);
      expectSame(await marks.keys(), ['three']);
      expectSame(await packages.get('one'), record);
    },
  },
  {
    name: 'changes made at the same time all count',
    async check(open) {
      const { drafts } = await open();
      const add = (index: number) =>
        drafts.update('one', (draft) => ({
          ...record,
          quarantine: { file: { pieces: [...(draft?.quarantine?.file?.pieces ?? []), String(index)] } },
        }));
      await Promise.all(Array.from({ length: 10 }, (_, index) => add(index)));
      const hashes = (await drafts.get('one'))?.quarantine?.file?.pieces ?? [];
      expectSame(
        [...hashes].sort(),
        Array.from({ length: 10 }, (_, index) => String(index)),
      );
    },
  },
  {
    name: 'a change that gives nothing leaves everything as it is',
    async check(open) {
      const { drafts } = await open();
      await drafts.update('one', (draft) => draft && { ...draft, isPaused: true });
      expectSame(await drafts.keys(), []);
      await drafts.put('one', record);
      await drafts.update('one', () => undefined);
      expectSame(await drafts.get('one'), record);
    },
  },
  {
    name: 'what was read is no longer changed by what is put after it',
    async check(open) {
      const { drafts } = await open();
      await drafts.put('one', record);
      const before = await drafts.get('one');
      await drafts.put('one', { ...record, manifest: { ...manifest, id: 'changed' } });
      expectSame(before?.manifest.id, 'one');
    },
  },
  {
    name: 'keeps many chunks, and deletes many at once',
    async check(open) {
      const { chunks } = await open();
      const keys = Array.from({ length: 300 }, (_, index) => `many-${index}`);
      await inTurns(keys, (key) => chunks.put(key, new Blob([key])));
      expectSame((await chunks.keys()).length, 300);
      expectSame(await Promise.all((await chunks.getMany(keys)).map((blob) => blob?.text())), keys);
      await chunks.delete(keys.slice(0, 299));
      expectSame(await chunks.keys(), ['many-299']);
      expectSame(await (await chunks.get('many-299'))?.text(), 'many-299');
    },
  },
  {
    name: 'gives back large values to the last byte',
    async check(open) {
      const { chunks } = await open();
      const values = [0, 1, 2].map((seed) => patternedBytes(8 * 1024 ** 2 - seed, seed));
      for (const [index, value] of values.entries()) await chunks.put(`large-${index}`, new Blob([value]));
      for (const [index, value] of values.entries()) {
        const found = new Uint8Array((await (await chunks.get(`large-${index}`))?.arrayBuffer()) ?? []);
        expectSame(found.length, value.length);
        expectSame(
          found.findIndex((byte, at) => byte !== value[at]),
          -1,
        );
      }
    },
  },
  {
    name: 'keeps an empty value',
    async check(open) {
      const { chunks } = await open();
      await chunks.put('empty', new Blob([]));
      expectSame((await chunks.get('empty'))?.size, 0);
    },
  },
  {
    name: 'has everything when it is opened again',
    async check(open) {
      const before = await open();
      await before.chunks.put('a', new Blob(['bytes']));
      await before.packages.put('one', record);
      await before.marks.put('one', { isPinned: true, lastUsedMs: 5 });
      const after = await open();
      expectSame(await (await after.chunks.get('a'))?.text(), 'bytes');
      expectSame(await after.packages.get('one'), record);
      expectSame(await after.marks.get('one'), { isPinned: true, lastUsedMs: 5 });
    },
  },
  {
    name: 'gives back the state of a hash function, byte by byte',
    async check(open) {
      const { drafts } = await open();
      const state = patternedBytes(120, 7);
      await drafts.put('one', {
        ...record,
        quarantine: { file: { pieces: ['a', null], hashed: { pieces: 1, state } } },
      });
      const found = (await drafts.get('one'))?.quarantine?.file?.hashed?.state;
      expectSame(found instanceof Uint8Array, true);
      expectSame([...(found ?? [])], [...state]);
    },
  },
  {
    name: 'two who have it open at the same time: what both write counts, what one deletes is gone for both',
    async check(open) {
      const [one, other] = [await open(), await open()];
      const keys = Array.from({ length: 20 }, (_, index) => `shared-${index}`);
      await Promise.all(keys.flatMap((key) => [one, other].map(({ chunks }) => chunks.put(key, new Blob([key])))));
      for (const { chunks } of [one, other]) {
        expectSame([...(await chunks.keys())].sort(), [...keys].sort());
        expectSame(await Promise.all((await chunks.getMany(keys)).map((blob) => blob?.text())), keys);
      }
      const add = ({ drafts }: WeightBackend, piece: string) =>
        drafts.update('one', (draft) => ({
          ...record,
          quarantine: { file: { pieces: [...(draft?.quarantine?.file?.pieces ?? []), piece] } },
        }));
      await Promise.all([add(one, 'a'), add(other, 'b'), add(one, 'c'), add(other, 'd')]);
      expectSame([...((await one.drafts.get('one'))?.quarantine?.file?.pieces ?? [])].sort(), ['a', 'b', 'c', 'd']);
      await Promise.all([one, other, one].map(({ chunks }) => chunks.delete(keys.slice(1))));
      expectSame(await other.chunks.keys(), ['shared-0']);
    },
  },
  {
    name: 'a sweep takes nothing that is there or just being put',
    async check(open) {
      const { chunks, sweep } = await open();
      const keys = Array.from({ length: 20 }, (_, index) => `swept-${index}`);
      const puts = keys.map((key) => chunks.put(key, new Blob([key])));
      await Promise.all([...puts, sweep(), sweep()]);
      await sweep();
      expectSame(await Promise.all((await chunks.getMany(keys)).map((blob) => blob?.text())), keys);
    },
  },
];

/** Runs all of them, each on a store of its own, and says which failed and why. */
export async function failedBehaviours(openNew: (index: number) => Promise<WeightBackend>): Promise<readonly string[]> {
  const failed: string[] = [];
  for (const [index, { name, check }] of backendBehaviours.entries())
    await check(() => openNew(index)).catch((error: Error) =>
      failed.push(`${name}: ${error.message} ${error.cause ?? ''}`.trim()),
    );
  return failed;
}

async function inTurns<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  for (let at = 0; at < items.length; at += 10) await Promise.all(items.slice(at, at + 10).map(work));
}

function patternedBytes(length: number, seed: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += 1) bytes[at] = at * 31 + (at >> 8) + seed;
  return bytes;
}

function expectSame(found: unknown, wanted: unknown): void {
  const [one, other] = [JSON.stringify(found), JSON.stringify(wanted)];
  if (one !== other) throw new Error(`Expected ${other}, found ${one}.`);
}
