import type { DeviceRows, Opening } from './device-rows.ts';

/** Notes of one device: each worker opens one package at a time, and few of them end without taking theirs away. */
const maxNotes = 8;

export interface OpeningNotesOptions {
  readonly rows: DeviceRows;
  /** Whether the worker that has this lock still lives. */
  readonly isAlive?: ((lock: string) => Promise<boolean>) | undefined;
}

/**
 * Notes, for every page of this origin, what workers are just opening. A page that has no memory left goes down with its worker and can't say so:
 * what is left of it is the note.
 */
export class OpeningNotes {
  readonly #rows: DeviceRows;
  readonly #isAlive: (lock: string) => Promise<boolean>;

  constructor({ rows, isAlive = isHeld }: OpeningNotesOptions) {
    this.#rows = rows;
    this.#isAlive = isAlive;
  }

  /** Notes what the worker with this lock opens; gives what takes the note away. */
  async begin(key: string, lock: string, opening: Opening): Promise<() => Promise<void>> {
    await this.#rows.change(key, ({ openings = {}, ...row }) => {
      const before = Object.entries(openings).slice(1 - maxNotes);
      return { ...row, openings: { ...Object.fromEntries(before), [lock]: opening } };
    });
    return async () => {
      await this.#rows.change(key, ({ openings = {}, ...row }) => {
        const { [lock]: _, ...others } = openings;
        return { ...row, openings: others };
      });
    };
  }

  /** Takes away the notes of workers that are gone, and gives those of them that nobody has closed. */
  async takeLost(key: string, closed: readonly string[]): Promise<readonly Opening[]> {
    const { openings = {} } = await this.#rows.read(key);
    const gone: string[] = [];
    for (const lock of Object.keys(openings)) if (!(await this.#isAlive(lock))) gone.push(lock);
    if (gone.length === 0) return [];
    let lost: readonly Opening[] = [];
    // Another tab may have taken them meanwhile.
    await this.#rows.change(key, ({ openings: noted = {}, ...row }) => {
      const taken = Object.entries(noted).filter(([lock]) => gone.includes(lock));
      lost = taken.flatMap(([lock, opening]) => (closed.includes(lock) ? [] : opening));
      const left = Object.entries(noted).filter(([lock]) => !gone.includes(lock));
      return { ...row, openings: Object.fromEntries(left) };
    });
    return lost;
  }
}

async function isHeld(lock: string): Promise<boolean> {
  const { held = [] } = await navigator.locks.query();
  return held.some(({ name }) => name === lock);
}
