import type { DeviceFacts, EngineName, ErrorCode } from '@orilla/contract';
import { type CrashNotes, openCrashNotes } from './crash-notes.ts';

export interface CrashLogOptions {
  /** What notes belong to: `DeviceFacts.key`. */
  readonly key: () => Promise<string>;
  readonly openNotes?: () => Promise<CrashNotes>;
}

/** Which engines fail and which work, noted for every page of this origin. A note that can't be kept is done without. */
export class CrashLog {
  readonly #options: Required<CrashLogOptions>;
  /** Engines with a note that an answer to its end takes away. */
  readonly #suspects = new Set<EngineName>();

  constructor({ key, openNotes = async () => openCrashNotes() }: CrashLogOptions) {
    this.#options = { key, openNotes };
  }

  async noteCrash(engine: EngineName, code: ErrorCode): Promise<void> {
    this.#suspects.add(engine);
    await this.#try(async (notes) => notes.noteCrash({ engine, code, key: await this.#options.key() }));
  }

  /** An answer came to its end. One that was continued speaks for what failed before, even where another tab's worker has noted that. */
  async noteAnswer(engine: EngineName, { isContinued }: { readonly isContinued: boolean }): Promise<void> {
    const wasSuspect = this.#suspects.delete(engine);
    if (wasSuspect || isContinued) await this.#try((notes) => notes.noteAnswer({ engine }));
  }

  /** The facts, with what is set aside. */
  async addTo(facts: DeviceFacts): Promise<DeviceFacts> {
    return (await this.#try((notes) => notes.addTo(facts))) ?? facts;
  }

  async #try<T>(use: (notes: CrashNotes) => Promise<T>): Promise<T | null> {
    try {
      return await use(await this.#options.openNotes());
    } catch {
      // No storage: an engine that fails is then met again by the next page.
      return null;
    }
  }
}
