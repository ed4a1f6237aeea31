import { OrillaError, type StoreSettings } from '@orilla/contract';
import { openBackend } from '../weights/backend/open-backend.ts';
import { channelName } from '../weights/download/package-channel.ts';
import { realNetwork } from '../weights/network/network.ts';
import { defaultHubUrl } from '../weights/source/hub-source.ts';
import { readTrustedKeys } from '../weights/source/trusted-keys.ts';
import { WeightStore } from '../weights/weight-store.ts';
import { checkSettings } from './check-settings.ts';

/** This worker's store: opened when it is first needed, with the app's settings. */
export class LazyStore {
  #settings: StoreSettings = {};
  #store: Promise<WeightStore> | null = null;

  /**
   * To be called before the first use.
   * @throws OrillaError as `checkSettings`, and then the store can't be used either; `storage.unavailable` where it is in use with others
   */
  configure(settings: StoreSettings): void {
    if (this.#store && written(settings) !== written(this.#settings))
      throw new OrillaError(
        'storage.unavailable',
        "The weight store can't be set up: it is in use already, with other settings.",
        {
          advice: 'Give the settings with createOrilla, before the first call.',
        },
      );
    this.#settings = settings;
    checkSettings(settings);
  }

  /** The same for stores with the same settings: who trusts other keys is not to be given what they let in. */
  get settingsKey(): string {
    return written(this.#settings);
  }

  /** @throws OrillaError `storage.unavailable`, and what `configure` throws */
  async open(): Promise<WeightStore> {
    this.#store ??= openStore(this.#settings);
    // What is locked now, by another tab's upgrade, may be had the next time.
    this.#store.catch(() => {
      this.#store = null;
    });
    return this.#store;
  }
}

const written = ({ trustedKeys, storage, budgetBytes, hubUrl }: StoreSettings): string =>
  JSON.stringify([trustedKeys, storage, budgetBytes, hubUrl]);

async function openStore(settings: StoreSettings): Promise<WeightStore> {
  checkSettings(settings);
  const { trustedKeys, storage = 'indexeddb', budgetBytes, hubUrl = defaultHubUrl } = settings;
  const keys = readTrustedKeys(trustedKeys);
  const locks = navigator.locks ?? null; // absent in an insecure context, whatever the types say
  const store = new WeightStore({
    backend: await openBackend({ kind: storage, locks: locks ?? undefined }),
    network: realNetwork,
    storage: navigator.storage ?? null, // as above
    locks,
    broadcast: new BroadcastChannel(channelName),
    baseUrl: location.href,
    hubUrl,
    trustedKeys: keys,
    budgetBytes,
    onPoison: ({ origin, path, chunk }) =>
      console.warn(`Orilla: ${origin} sent chunk ${chunk} of ${path} with other bytes than the manifest names.`),
  });
  // In the background: nothing depends on it, and where the storage can't be used the first call says so.
  store.collectGarbage().catch(() => undefined);
  return store;
}
