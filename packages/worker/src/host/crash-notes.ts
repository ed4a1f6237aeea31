import { type DeviceFacts, type EngineFacts, type EngineName, type ErrorCode, engineNames } from '@orilla/contract';
import { indexedDbDatabases } from '../weights/backend/indexed-db-databases.ts';
import type { RecordStore } from '../weights/backend/weight-backend.ts';

/** An engine that fails this often, with no answer to its end in between, is left alone. */
const failuresBeforeAside = 2;
/** As long a failure counts with the next one, and as long an engine is left alone: a driver may be mended, or memory be free again. */
const asideMs = 30 * 60_000;

/** One engine's row. */
export interface CrashNote {
  /** Of the device, browser and driver that it failed with; with others it may work. */
  readonly deviceKey: string;
  readonly code: ErrorCode;
  readonly failures: number;
  /** Of the last one, in milliseconds since the Unix epoch. */
  readonly atMs: number;
}

export interface CrashedEngine {
  readonly engine: EngineName;
  /** `DeviceFacts.key`. */
  readonly key: string;
}

/** Remembers, across pages and workers, which engines failed here. */
export class CrashNotes {
  readonly #rows: RecordStore<CrashNote>;
  readonly #now: () => number;

  constructor({
    rows,
    now = Date.now,
  }: { readonly rows: RecordStore<CrashNote>; readonly now?: (() => number) | undefined }) {
    this.#rows = rows;
    this.#now = now;
  }

  /** @throws OrillaError of the family Storage */
  async noteCrash({ engine, key, code }: CrashedEngine & { readonly code: ErrorCode }): Promise<void> {
    const atMs = this.#now();
    await this.#rows.update(engine, (row) => {
      const before = row && this.#counts(row, key) ? row.failures : 0;
      return { deviceKey: key, code, failures: before + 1, atMs };
    });
  }

  /** It answered to the end: what went wrong before is forgotten. @throws as `noteCrash` */
  async noteAnswer({ engine }: Pick<CrashedEngine, 'engine'>): Promise<void> {
    await this.#rows.delete([engine]);
  }

  /** The device's facts, with the engines of it that are left alone. @throws as `noteCrash` */
  async addTo(facts: DeviceFacts): Promise<DeviceFacts> {
    const engines: Partial<Record<EngineName, EngineFacts>> = { ...facts.engines };
    for (const name of engineNames) {
      const [engine, row] = [engines[name], await this.#rows.get(name)];
      if (!engine || !row || row.failures < failuresBeforeAside || !this.#counts(row, facts.key)) continue;
      engines[name] = { ...engine, setAside: { code: row.code, untilMs: row.atMs + asideMs } };
    }
    return { ...facts, engines };
  }

  #counts(row: CrashNote, key: string): boolean {
    return row.deviceKey === key && this.#now() < row.atMs + asideMs;
  }
}

/** The notes of this origin. */
export function openCrashNotes(): CrashNotes {
  return new CrashNotes({ rows: indexedDbDatabases.open('orilla-crashes', 'engines') });
}
