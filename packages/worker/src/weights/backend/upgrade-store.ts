import { OrillaError } from '@orilla/contract';
import { type Databases, indexedDbDatabases } from './indexed-db-databases.ts';
import { type FirstDraft, type FirstManifest, upgradeDraft, upgradeManifest } from './store-version-1.ts';
import type { Draft, PackageRecord } from './weight-backend.ts';

/** How the store is laid out: which databases there are, and what stands in them. */
export const storeVersion = 2;

export interface UpgradeOptions {
  /** Before the names of the databases. */
  readonly name: string;
  readonly locks: Pick<LockManager, 'request'> | null;
  readonly databases?: Databases;
}

/**
 * Makes a store of an earlier version one of this version. It may be cut off anywhere and done again: what is new is written first, what
 * is old deleted after that, and the version noted last.
 * @throws OrillaError `storage.unavailable`, also where a newer version has written the store
 */
export async function upgradeStore({ name, locks, databases = indexedDbDatabases }: UpgradeOptions): Promise<void> {
  const schema = databases.open<number>(`${name}-schema`, 'schema');
  const isPresent = async () => isPresentVersion(await schema.get('version'));
  if (await isPresent()) return;
  const upgrade = async () => {
    if (await isPresent()) return; // another tab was faster
    await upgradeFromFirst(name, databases);
    await schema.put('version', storeVersion);
  };
  if (locks) await locks.request(`${name}-upgrade`, upgrade);
  else await upgrade();
}

/** The first version noted none. */
function isPresentVersion(version: number | undefined): boolean {
  if (version === undefined || version <= storeVersion) return version === storeVersion;
  throw new OrillaError('storage.unavailable', 'The stored models were written by a newer version of this app.', {
    advice: 'Reload the page to get that version.',
  });
}

async function upgradeFromFirst(name: string, { open, exists }: Databases): Promise<void> {
  // Asked for first: to open a database is to make it.
  const [hasManifests, hasDrafts] = await Promise.all([exists(`${name}-manifests`), exists(`${name}-drafts`)]);
  if (hasManifests) {
    const manifests = open<FirstManifest>(`${name}-manifests`, 'manifests');
    const packages = open<PackageRecord>(`${name}-packages`, 'packages');
    const ids = await manifests.keys();
    for (const id of ids) {
      const manifest = await manifests.get(id);
      if (manifest) await packages.update(id, (there) => there ?? upgradeManifest(manifest));
    }
    await manifests.delete(ids);
  }
  if (hasDrafts) {
    // Under the same name in both versions: each is changed where it stands.
    const drafts = open<Draft | FirstDraft>(`${name}-drafts`, 'drafts');
    for (const id of await drafts.keys()) {
      const draft = await drafts.get(id);
      if (draft) await drafts.put(id, upgradeDraft(draft));
    }
  }
}
