import type { ModelManifest } from '@orilla/contract';
import type { PackageRecord, WeightBackend } from './weight-backend.ts';

/** What every backend must do. Runs anywhere: outside a browser against the double, and in Chromium against IndexedDB. */
export interface Behaviour {
  readonly name: string;
  /** @throws Error where the backend does otherwise */
  readonly check: (makeBackend: () => WeightBackend) => Promise<void>;
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
    async check(makeBackend) {
      const { chunks } = makeBackend();
      await chunks.put('aa', new Blob(['hello ', 'there']));
      const found = await chunks.get('aa');
      expectSame(found instanceof Blob, true);
      expectSame(await found?.text(), 'hello there');
      expectSame(await chunks.get('bb'), undefined);
    },
  },
  {
    name: 'gives many chunks in the order they were asked for, with gaps where there is none',
    async check(makeBackend) {
      const { chunks } = makeBackend();
      await Promise.all(['a', 'b', 'c'].map((key) => chunks.put(key, new Blob([key]))));
      const found = await chunks.getMany(['c', 'x', 'a', 'c']);
      expectSame(await Promise.all(found.map((blob) => blob?.text())), ['c', undefined, 'a', 'c']);
      expectSame(await chunks.getMany([]), []);
    },
  },
  {
    name: 'makes one Blob of many without losing or mixing a byte',
    async check(makeBackend) {
      const { chunks } = makeBackend();
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
    async check(makeBackend) {
      const { chunks } = makeBackend();
      expectSame(await chunks.keys(), []);
      await chunks.put('b', new Blob(['1']));
      await chunks.put('a', new Blob(['2']));
      await chunks.put('b', new Blob(['3']));
      expectSame([...(await chunks.keys())].sort(), ['a', 'b']);
      expectSame(await (await chunks.get('b'))?.text(), '3');
    },
  },
  {
    name: 'deletes what is named and passes over what is not there',
    async check(makeBackend) {
      const { chunks } = makeBackend();
      await chunks.put('a', new Blob(['1']));
      await chunks.put('b', new Blob(['2']));
      await chunks.delete(['a', 'zz']);
      await chunks.delete([]);
      expectSame(await chunks.keys(), ['b']);
    },
  },
  {
    name: 'keeps chunks, packages, drafts and marks apart',
    async check(makeBackend) {
      const { chunks, packages, drafts, marks } = makeBackend();
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
    async check(makeBackend) {
      const { drafts } = makeBackend();
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
    name: 'what was read is no longer changed by what is put after it',
    async check(makeBackend) {
      const { drafts } = makeBackend();
      await drafts.put('one', record);
      const before = await drafts.get('one');
      await drafts.put('one', { ...record, manifest: { ...manifest, id: 'changed' } });
      expectSame(before?.manifest.id, 'one');
    },
  },
];

function expectSame(found: unknown, wanted: unknown): void {
  const [one, other] = [JSON.stringify(found), JSON.stringify(wanted)];
  if (one !== other) throw new Error(`Expected ${other}, found ${one}.`);
}
