import { OrillaError } from '@orilla/contract';
import { type Databases, indexedDbDatabases } from './indexed-db-databases.ts';
import { type FirstDraft, type FirstManifest, isFirstDraft, upgradeDraft, upgradeManifest } from './store-version-1.ts';
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
 * is old deleted after that, and the version noted last. What a tab with an earlier version wrote after that is taken over as well, each
 * time that the store is opened.
 * @throws OrillaError `storage.unavailable`, also where a newer version has written the store
 */
export async function upgradeStore({ name, locks, databases = indexedDbDatabases }: UpgradeOptions): Promise<void> {
  const schema = databases.open<number>(`${name}-schema`, 'schema');
  const isPresent = async () => isPresentVersion(await schema.get('version'));
  const upgrade = async () => {
    await upgradeFromFirst(name, databases);
    if (!(await isPresent())) await schema.put('version', storeVersion);
  };
  if ((await isPresent()) && !(await hasFirst(name, databases))) return;
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

/** Whether anything stands there as the first version wrote it. */
async function hasFirst(name: string, databases: Databases): Promise<boolean> {
  const { manifests, drafts } = await openFirst(name, databases);
  if (manifests && (await manifests.keys()).length > 0) return true;
  return drafts !== null && (await drafts.getMany(await drafts.keys())).some((draft) => draft && isFirstDraft(draft));
}

async function openFirst(name: string, { open, exists }: Databases) {
  // Asked for first: to open a database is to make it.
  const [hasManifests, hasDrafts] = await Promise.all([exists(`${name}-manifests`), exists(`${name}-drafts`)]);
  return {
    manifests: hasManifests ? open<FirstManifest>(`${name}-manifests`, 'manifests') : null,
    // Under the same name in both versions: each is changed where it stands.
    drafts: hasDrafts ? open<Draft | FirstDraft>(`${name}-drafts`, 'drafts') : null,
  };
}

async function upgradeFromFirst(name: string, databases: Databases): Promise<void> {
  const { manifests, drafts } = await openFirst(name, databases);
  const ids = (await manifests?.keys()) ?? [];
  if (manifests && ids.length > 0) {
    const packages = databases.open<PackageRecord>(`${name}-packages`, 'packages');
    for (const id of ids) {
      const manifest = await manifests.get(id);
      if (manifest) await packages.update(id, (there) => there ?? upgradeManifest(manifest));
    }
    await manifests.delete(ids);
  }
  for (const id of (await drafts?.keys()) ?? []) {
    const draft = await drafts?.get(id);
    if (draft && isFirstDraft(draft)) await drafts?.put(id, upgradeDraft(draft));
  }
}
