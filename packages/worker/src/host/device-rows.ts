import type { Backend, PackageRates } from '@orilla/contract';
import { indexedDbDatabases } from '../weights/backend/indexed-db-databases.ts';
import type { RecordStore } from '../weights/backend/weight-backend.ts';

/** Devices that are remembered: of one browser there are as many as it had versions, GPUs and pages with other headers. */
const maxDevices = 6;
/** Measured packages that are remembered for each. */
const maxPackages = 64;

export interface LearnedMemory {
  readonly bytes: number;
  readonly basis: 'probe' | 'crash';
  /** Until then it holds; without it for as long as the device is the same. Milliseconds since the Unix epoch. */
  readonly untilMs?: number;
}

/** What a worker is just opening. */
export interface Opening {
  readonly backend: Backend;
  readonly needBytes: number;
}

/** What was learned of one device, by its key. */
export interface DeviceRow {
  readonly memory: Readonly<Partial<Record<Backend, LearnedMemory>>>;
  /** Written before memory is taken, and removed after that: one that is found took the worker with it. */
  readonly taking?: Backend;
  /** The memory of `taking` is taken for the second time: the first time was cut off. */
  readonly isRetaking?: boolean;
  /** By the lock that the worker has which opens it. */
  readonly openings?: Readonly<Record<string, Opening>>;
  readonly rates: Readonly<Record<string, PackageRates>>;
  readonly atMs: number;
}

const nothing: DeviceRow = { memory: {}, rates: {}, atMs: 0 };

export interface DeviceRowsOptions {
  readonly rows?: RecordStore<DeviceRow>;
  readonly now?: () => number;
}

/** What was learned of devices, for every page of this origin. What can't be kept is learned again. */
export class DeviceRows {
  readonly #rows: RecordStore<DeviceRow>;
  readonly #now: () => number;

  constructor({
    rows = indexedDbDatabases.open<DeviceRow>('orilla-device', 'devices'),
    now = Date.now,
  }: DeviceRowsOptions = {}) {
    this.#rows = rows;
    this.#now = now;
  }

  async read(key: string): Promise<DeviceRow> {
    // Where storage is switched off nothing was kept.
    return (await this.#rows.get(key).catch(() => undefined)) ?? nothing;
  }

  /** Whether it could be kept. */
  async change(key: string, change: (row: DeviceRow) => Omit<DeviceRow, 'atMs'>): Promise<boolean> {
    try {
      await this.#rows.update(key, (row = nothing) => {
        const { rates, ...rest } = change(row);
        return { ...rest, rates: latest(rates), atMs: this.#now() };
      });
      await this.#forgetOldest();
      return true;
    } catch {
      return false; // no storage: whoever asks is told
    }
  }

  async #forgetOldest(): Promise<void> {
    const keys = await this.#rows.keys();
    if (keys.length <= maxDevices) return;
    const rows = await this.#rows.getMany(keys);
    const byAge = keys.map((key, index) => ({ key, atMs: rows[index]?.atMs ?? 0 })).sort((a, b) => b.atMs - a.atMs);
    await this.#rows.delete(byAge.slice(maxDevices).map(({ key }) => key));
  }
}

function latest(rates: DeviceRow['rates']): DeviceRow['rates'] {
  const all = Object.entries(rates).sort(([, a], [, b]) => b.measuredAtMs - a.measuredAtMs);
  return Object.fromEntries(all.slice(0, maxPackages));
}
