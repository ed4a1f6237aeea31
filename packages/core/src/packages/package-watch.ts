import type { CallControl, PackagesMessage, StoredPackage } from '@orilla/contract';
import { transfer } from 'comlink';
import type { WorkerConnection } from '../device/worker-connection.ts';
import type { WorkerLink } from '../device/worker-link.ts';

export type PackagesListener = (packages: readonly StoredPackage[]) => void;

/**
 * One watch over the stored packages for all listeners: its port opens with the first of them and closes with the last.
 * After the worker died it goes on with the worker that the next call starts.
 */
export class PackageWatch {
  readonly #link: WorkerLink;
  readonly #listeners = new Set<PackagesListener>();
  #port: MessagePort | null = null;
  #last: readonly StoredPackage[] | null = null;

  constructor(link: WorkerLink) {
    this.#link = link;
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
      this.#last = data.packages;
      for (const listener of this.#listeners) listener(data.packages);
    };
    // A worker that could not watch says nothing more; the calls that it fails tell why.
    api.watchPackages(transfer(theirs, [theirs])).catch(() => {
      if (this.#port === ours) this.#close();
    });
  }

  #close(): void {
    this.#last = null;
    if (!this.#port) return;
    this.#port.postMessage({ type: 'abort' } satisfies CallControl);
    this.#port.onmessage = null;
    this.#port.close();
    this.#port = null;
  }
}
