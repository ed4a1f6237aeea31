import type { Catalog, Privacy, RequestPriority, StoreSettings } from '@orilla/contract';
import type { LockWatcher, WorkerLike } from '../device/worker-connection.ts';
import type { KeepableStorage } from '../packages/storage-keeper.ts';
import type { RelayOptions } from '../relay/relay-options.ts';

export interface DeviceWayOptions {
  /** Starts the worker; by default the one of `@orilla/worker/page`. */
  readonly startWorker?: () => WorkerLike;
  /** Bytes of memory a model may take; by default what the worker learns. With it, no memory is taken to learn how much there is. */
  readonly memoryBudgetBytes?: number;
  /** How long the worker's script may take to start, in milliseconds. Default 30,000. */
  readonly startTimeoutMs?: number;
  /** Once a package is loaded and nobody asks anything, the device is measured with it for some seconds, once; `false` leaves that out. */
  readonly calibrate?: boolean | undefined;
  /** The weight store: whose signatures it trusts, where and how much it keeps. */
  readonly store?: StoreSettings | undefined;
  /** Before the first download the browser is asked not to evict what this page stores; `false` leaves that to the app. */
  readonly keepStorage?: boolean | undefined;
}

export interface OrillaOptions {
  readonly catalog: Catalog;
  /** The organization's relay; without it everything runs on the device or not at all. */
  readonly relay?: RelayOptions | undefined;
  /** How far this app's requests may travel at most; a request can only narrow it. Default: label `organization`. */
  readonly privacy?: Privacy | undefined;
  /** `false` switches the device way off. */
  readonly device?: DeviceWayOptions | false | undefined;
  /** The world, for tests. */
  readonly fetch?: typeof fetch;
  readonly locks?: LockWatcher | null;
  readonly storage?: KeepableStorage | null;
  readonly now?: () => number;
  readonly randomId?: () => string;
}

export interface SignalOptions {
  readonly signal?: AbortSignal | undefined;
}

/** Options of one call, beside the request itself. */
export interface CallOptions {
  readonly signal?: AbortSignal | null | undefined;
  /** Narrows how far this request may travel. */
  readonly privacy?: Privacy | undefined;
  /** Who goes first where requests wait for the model on this device. Default `normal`. */
  readonly priority?: RequestPriority | undefined;
}
