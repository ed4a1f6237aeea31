import type { CallControl, PackagesMessage, StoredPackage } from '@orilla/contract';
import { transfer } from 'comlink';
import type { WorkerConnection } from '../device/worker-connection.ts';
import type { WorkerLink } from '../device/worker-link.ts';

export type PackagesListener = (packages: readonly StoredPackage[]) => void;

/** What a browser can't read now, it may a moment later: another tab's upgrade is over, the disk has room again. */
const reopenAfterMs = 5_000;

export interface PackageWatchOptions {
  /** Calls back once, later, unless what it gives is called before. */
  readonly after?: (ms: number, callback: () => void) => () => void;
}

/**
 * One watch over the stored packages for all listeners: its port opens with the first of them and closes with the last.
 * After the worker died it goes on with the worker that the next call starts; one that ended in the worker is opened again after a while, or
 * with the next listener.
 */
export class PackageWatch {
  readonly #link: WorkerLink;
  readonly #after: NonNullable<PackageWatchOptions['after']>;
  readonly #listeners = new Set<PackagesListener>();
  #port: MessagePort | null = null;
  #last: readonly StoredPackage[] | null = null;
  #cancelReopening: () => void = () => undefined;

  constructor(link: WorkerLink, { after = afterTimeout }: PackageWatchOptions = {}) {
    this.#link = link;
    this.#after = after;
    link.onConnected((connection) => this.#open(connection));
    link.onLost(() => this.#close());
  }

  /** Starts the worker where it does not run yet. A listener that joins others is told at once what is known. */
  subscribe(listener: PackagesListener): () => void {
    const entry: PackagesListener = (packages) => listener(packages); // so that one function can listen twice
    this.#listeners.add(entry);
    if (this.#last) entry(this.#last);
    else if (!this.#port) this.#start();
    return () => {
      this.#listeners.delete(entry);
      if (this.#listeners.size === 0) this.#close();
    };
  }

  #start(): void {
    if (this.#link.isClosed) return;
    // A worker that doesn't start is the next call's error; the watch begins with the worker that starts at last.
    this.#link.connect().then(
      (connection) => this.#open(connection),
      () => undefined,
    );
  }

  #open({ api, lost }: WorkerConnection): void {
    if (this.#port || this.#listeners.size === 0 || lost.aborted) return;
    const { port1: ours, port2: theirs } = new MessageChannel();
    this.#port = ours;
    ours.onmessage = ({ data }: MessageEvent<PackagesMessage>) => {
      if (data.type === 'ended') return this.#reopenLater();
      this.#last = data.packages;
      for (const listener of this.#listeners) listener(data.packages);
    };
    // A worker that could not be asked is lost: that closes this.
    api.watchPackages(transfer(theirs, [theirs])).catch(() => {
      if (this.#port === ours) this.#reopenLater();
    });
  }

  #reopenLater(): void {
    this.#close();
    this.#cancelReopening = this.#after(reopenAfterMs, () => {
      if (this.#listeners.size > 0 && !this.#port) this.#start();
    });
  }

  #close(): void {
    this.#cancelReopening();
    this.#last = null;
    if (!this.#port) return;
    this.#port.postMessage({ type: 'abort' } satisfies CallControl);
    this.#port.onmessage = null;
    this.#port.close();
    this.#port = null;
  }
}

function afterTimeout(ms: number, callback: () => void): () => void {
  const timer = setTimeout(callback, ms);
  return () => clearTimeout(timer);
}
