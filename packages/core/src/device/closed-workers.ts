import type { WorkerConnection } from './worker-connection.ts';

const storageKey = 'orilla-closed-workers';
/** Those of long ago concern nobody. */
const maxNames = 16;

export interface ClosedWorkersOptions {
  /** Where a page can write down something while it is left. */
  readonly storage: Pick<Storage, 'getItem' | 'setItem'>;
  /** Tells by `pagehide` that it is left. */
  readonly page: Pick<EventTarget, 'addEventListener' | 'removeEventListener'>;
}

/**
 * Keeps which workers ended since their page was closed, or loaded anew, or while it looked on: to tell these apart from those whose page
 * went down with them, and could not say so.
 */
export class ClosedWorkers {
  readonly #options: ClosedWorkersOptions;

  constructor(options: ClosedWorkersOptions) {
    this.#options = options;
  }

  get names(): readonly string[] {
    try {
      const names: unknown = JSON.parse(this.#options.storage.getItem(storageKey) ?? '[]');
      return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : [];
    } catch {
      return []; // something else wrote there
    }
  }

  watch({ lockName, lost }: Pick<WorkerConnection, 'lockName' | 'lost'>): void {
    if (lockName === null) return;
    const { page } = this.#options;
    const leave = () => this.#add(lockName);
    page.addEventListener('pagehide', leave);
    lost.addEventListener('abort', () => {
      page.removeEventListener('pagehide', leave);
      leave();
    });
  }

  #add(name: string): void {
    const names = [...this.names, name].slice(-maxNames);
    try {
      this.#options.storage.setItem(storageKey, JSON.stringify(names));
    } catch {
      // A storage that is full: what was just opened then counts as what took the page down.
    }
  }
}

/** Those of this origin's pages; `null` where there is no page, or it may not store anything. */
export function openClosedWorkers(): ClosedWorkers | null {
  try {
    return globalThis.document ? new ClosedWorkers({ storage: localStorage, page: globalThis }) : null;
  } catch {
    return null; // a browser that is told to store nothing
  }
}
