import { OrillaError, type StoreSettings } from '@orilla/contract';
import { controlCall } from './control-call.ts';
import { raceSignal } from './race-signal.ts';
import { type CallOptions, callWorker, type StartCall } from './worker-call.ts';
import { connectWorker, type LockWatcher, type WorkerConnection, type WorkerLike } from './worker-connection.ts';
import { defaultPatience, type Patience } from './worker-watch.ts';

export interface WorkerLinkOptions {
  readonly startWorker: () => WorkerLike;
  readonly locks: LockWatcher | null;
  readonly startTimeoutMs: number;
  /** How long a worker may tell nothing. */
  readonly patience?: Partial<Patience> | undefined;
  /** Handed to every worker that is started, before anything else; without any the worker has its own defaults. */
  readonly storeSettings?: StoreSettings | undefined;
}

type Api = WorkerConnection['api'];

/** The one worker of a client: started when first needed, configured, and started again after it died. */
export class WorkerLink {
  readonly #options: WorkerLinkOptions;
  readonly #closed = new AbortController();
  readonly #connected = new Set<(connection: WorkerConnection) => void>();
  readonly #lost = new Set<(reason: unknown) => void>();
  #connection: Promise<WorkerConnection> | null = null;

  constructor(options: WorkerLinkOptions) {
    this.#options = options;
  }

  get isClosed(): boolean {
    return this.#closed.signal.aborted;
  }

  /** Calls back whenever a worker has been started. */
  onConnected(listener: (connection: WorkerConnection) => void): void {
    this.#connected.add(listener);
  }

  /** Calls back whenever the worker is gone, or could not be started. */
  onLost(listener: (reason: unknown) => void): void {
    this.#lost.add(listener);
  }

  /** @throws OrillaError `engine.worker-died` where it does not start */
  connect(): Promise<WorkerConnection> {
    this.#closed.signal.throwIfAborted();
    this.#connection ??= this.#open();
    return this.#connection;
  }

  /** Runs a call that answers on a port of its own. @throws as `callWorker` */
  async call<Result>(start: (api: Api) => StartCall, options: CallOptions = {}): Promise<Result> {
    options.signal?.throwIfAborted();
    const connection = await raceSignal(this.connect(), [options.signal]);
    return callWorker<Result>(connection, start(connection.api), options);
  }

  /** Runs a call on a worker that is known, and on no other. @throws as `callWorker` */
  callOn<Result>(connection: WorkerConnection, start: (api: Api) => StartCall, options: CallOptions): Promise<Result> {
    return callWorker<Result>(connection, start(connection.api), options);
  }

  /** Runs a call that answers with its own return. @throws as `controlCall` */
  async control<Result>(call: (api: Api) => PromiseLike<Result>): Promise<Result> {
    return controlCall(await this.connect(), call);
  }

  /** Ends the worker; everything pending is rejected. */
  close(): void {
    this.#closed.abort(
      new OrillaError('engine.worker-died', 'The device was closed by the app.', { advice: 'Make a new client.' }),
    );
    this.#connection?.then((connection) => connection.close()).catch(() => undefined); // one that never started has nothing to end
    this.#connection = null;
  }

  async #open(): Promise<WorkerConnection> {
    try {
      const { startWorker, locks, startTimeoutMs, storeSettings } = this.#options;
      const patience = { ...defaultPatience, ...this.#options.patience };
      const { signal } = this.#closed;
      const connection = await connectWorker(startWorker(), { locks, startTimeoutMs, patience, signal });
      connection.lost.addEventListener('abort', () => this.#forget(connection.lost.reason), { once: true });
      if (storeSettings) await this.#configure(connection, storeSettings);
      for (const listener of this.#connected) listener(connection);
      return connection;
    } catch (error) {
      this.#forget(error);
      throw error;
    }
  }

  /** A worker that did not take its settings is not used: it would trust, or keep, what the app does not want. */
  async #configure(connection: WorkerConnection, settings: StoreSettings): Promise<void> {
    try {
      await controlCall(connection, (api) => api.configureStore(settings));
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  /** The next call starts a new worker. */
  #forget(reason: unknown): void {
    this.#connection = null;
    for (const listener of this.#lost) listener(reason);
  }
}
