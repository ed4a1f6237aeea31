import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { piecesOf } from '../pieces/pieces.ts';
import type { Databases } from './indexed-db-databases.ts';
import { memoryRecords } from './memory-backend.double.ts';
import { storeVersion, upgradeStore } from './upgrade-store.ts';
import type { Draft, PackageRecord, RecordStore } from './weight-backend.ts';

type Stored = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;

const fixture: { readonly databases: Stored } = JSON.parse(
  readFileSync(new URL('../../../../../test/fixtures/stored/version-1.json', import.meta.url), 'utf8'),
);
const isFault = (error: unknown) => error instanceof Error && error.message === 'the tab is gone';

/** Databases in memory, in which the n-th write and all after it fail. */
function memoryDatabases(failAt = Number.POSITIVE_INFINITY) {
  const stores = new Map<string, RecordStore<unknown>>();
  let writes = 0;
  const faults = { failAt };
  const writing = async (work: () => Promise<void>) => {
    writes += 1;
    if (writes >= faults.failAt) throw new Error('the tab is gone');
    await work();
  };
  const databases: Databases = {
    open<T>(database: string): RecordStore<T> {
      const store = (stores.get(database) ?? memoryRecords()) as RecordStore<T>; // each is opened for one type only
      stores.set(database, store as RecordStore<unknown>);
      return {
        ...store,
        put: (key, value) => writing(() => store.put(key, value)),
        update: (key, change) => writing(() => store.update(key, change)),
        delete: (keys) => writing(() => store.delete(keys)),
      };
    },
    exists: async (database) => stores.has(database),
  };
  const keys = async () => {
    const all = [...stores].map(async ([name, store]) => [name, await store.keys()] as const);
    return Object.fromEntries(await Promise.all(all));
  };
  const restore = async (stored: Stored) => {
    for (const [database, [rows]] of Object.entries(stored).map(([name, all]) => [name, Object.values(all)] as const))
      for (const [key, value] of Object.entries(rows ?? {})) {
        const store = stores.get(database) ?? memoryRecords();
        stores.set(database, store);
        await store.put(key, value);
      }
  };
  return { databases, keys, restore, faults, writes: () => writes };
}

const upgrade = (databases: Databases) => upgradeStore({ name: 'orilla', locks: navigator.locks, databases });

async function expectUpgraded(databases: Databases) {
  const packages = databases.open<PackageRecord>('orilla-packages', 'packages');
  const drafts = databases.open<Draft>('orilla-drafts', 'drafts');
  const manifests = databases.open('orilla-manifests', 'manifests');
  expect(await databases.open('orilla-schema', 'schema').get('version')).toBe(storeVersion);
  expect([...(await packages.keys())].sort()).toEqual(['one', 'two']);
  expect(await packages.get('one')).toMatchObject({ manifest: { id: 'one' }, document: null, pkg: null });
  const half = await drafts.get('half');
  expect(half).toEqual({ manifest: half?.manifest, document: null, pkg: null });
  const hub = await drafts.get('hub');
  const [stored, missing] = hub ? piecesOf(hub.manifest, hub.quarantine) : [];
  expect([stored?.length, stored?.sha256?.length, missing?.sha256]).toEqual([500, 64, null]);
  expect(await manifests.keys()).toEqual([]);
}

test('a store of version 1: packages and drafts in the new form, nothing left in the old one, chunks untouched', async () => {
  const { databases, restore, keys } = memoryDatabases();
  await restore(fixture.databases);
  const { 'orilla-chunks': before } = await keys();
  await upgrade(databases);
  await expectUpgraded(databases);
  expect((await keys())['orilla-chunks']).toEqual(before);
});

test('cut off at any write and done again, nothing is lost', async () => {
  for (let failAt = 1; ; failAt += 1) {
    const { databases, restore, faults } = memoryDatabases(failAt);
    await restore(fixture.databases);
    const isCutOff = await upgrade(databases).then(
      () => false,
      (error: unknown) => {
        if (isFault(error)) return true;
        throw error;
      },
    );
    faults.failAt = Number.POSITIVE_INFINITY;
    const ids = new Set(
      (
        await Promise.all(['packages', 'manifests'].map((name) => databases.open(`orilla-${name}`, name).keys()))
      ).flat(),
    );
    expect(ids).toEqual(new Set(['one', 'two']));
    await upgrade(databases);
    await expectUpgraded(databases);
    if (!isCutOff) {
      expect(failAt).toBeGreaterThan(5);
      return;
    }
  }
});

test('a record that the new version has written already is not put back to what the old one knew', async () => {
  const { databases, restore } = memoryDatabases();
  await restore(fixture.databases);
  const packages = databases.open<PackageRecord>('orilla-packages', 'packages');
  const manifest = await databases.open<PackageRecord['manifest']>('orilla-manifests', 'manifests').get('one');
  if (!manifest) throw new Error('The fixture has it.');
  await packages.put('one', { manifest, document: '{}', pkg: null });
  await upgrade(databases);
  expect((await packages.get('one'))?.document).toBe('{}');
});

test('what a tab with the first version finishes after the upgrade is taken over the next time', async () => {
  const { databases, restore } = memoryDatabases();
  await upgrade(databases);
  await restore(fixture.databases);
  await upgrade(databases);
  await expectUpgraded(databases);
});

test('an empty browser: nothing is made but the note of the version', async () => {
  const { databases, keys } = memoryDatabases();
  await upgrade(databases);
  expect(await keys()).toEqual({ 'orilla-schema': ['version'] });
});

test('a store of this version is not written to', async () => {
  const { databases, writes } = memoryDatabases();
  await upgrade(databases);
  const before = writes();
  await upgrade(databases);
  expect(writes()).toBe(before);
});

test('tabs that open it at the same time upgrade it once', async () => {
  const { databases, restore, writes } = memoryDatabases();
  await restore(fixture.databases);
  await upgrade(databases);
  const alone = writes();
  const many = memoryDatabases();
  await many.restore(fixture.databases);
  await Promise.all(Array.from({ length: 5 }, () => upgrade(many.databases)));
  await expectUpgraded(many.databases);
  expect(many.writes()).toBe(alone);
});

test('a store that a newer version has written is left as it is, and the reader told what to do', async () => {
  const { databases, restore, keys } = memoryDatabases();
  await restore(fixture.databases);
  await databases.open<number>('orilla-schema', 'schema').put('version', storeVersion + 1);
  const before = await keys();
  await expect(upgrade(databases)).rejects.toMatchObject({
    code: 'storage.unavailable',
    message: expect.stringMatching(/written by a newer version of this app/),
    advice: expect.stringMatching(/^Reload the page/),
  });
  expect(await keys()).toEqual(before);
});
