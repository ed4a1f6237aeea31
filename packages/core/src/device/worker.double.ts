import {
  type CallMessage,
  type DeviceFacts,
  type DevicePackage,
  type EmbeddingResponse,
  encodeError,
  type GenerateCall,
  type LoadResult,
  type PackageRates,
  type PackagesApi,
  type PackagesMessage,
  type ProbeCall,
  type StoredPackage,
  type StoreSettings,
  type TokenEvent,
  type WorkerApi,
  type WorkerHello,
} from '@orilla/contract';
import { expose } from 'comlink';
import type { WorkerLike } from './worker-connection.ts';

/**
 * A double of the device's worker for tests in Node, which has neither Web Workers nor an engine: it speaks the real protocol over a
 * real MessageChannel, and answers from a script. What the real worker does is tested in Chromium, under `test/e2e`.
 */
export interface WorkerDouble extends WorkerLike {
  readonly calls: string[];
  readonly aborted: string[];
  /** What it was configured with, once it was. */
  readonly settings: readonly StoreSettings[];
  /** Tells everybody who watches. */
  tell(packages: readonly StoredPackage[]): void;
  /** Ends every watch, as one that can't go on. */
  endWatches(error: Error): void;
  /** Ends it as a browser does that kills a worker: no event, the lock is free. */
  kill(): void;
  /** Ends it with an error event, as a script that throws. */
  crash(error: Error): void;
}

export interface WorkerScript {
  readonly facts?: Partial<DeviceFacts>;
  /** Instead of `facts`: they may depend on what was asked, and on what came before. */
  readonly probe?: (call: ProbeCall) => Partial<DeviceFacts>;
  readonly lockName?: string | null;
  readonly saysHello?: boolean;
  readonly configureStore?: () => Promise<void>;
  readonly ping?: () => Promise<void>;
  /** Replaces what a control call about packages does. */
  readonly packages?: Partial<
    Pick<PackagesApi, 'listPackages' | 'pauseDownload' | 'resumeDownload' | 'removePackage' | 'pinPackage'>
  >;
  /** Answers a call about a package that has a port; by default nothing is answered. */
  readonly onPackage?: (name: string, answer: (message: CallMessage<unknown>) => void, ...given: unknown[]) => void;
  readonly load?: (pkg: DevicePackage, answer: (message: CallMessage<LoadResult>) => void) => void;
  readonly generate?: (answer: (message: CallMessage<null>) => void, call: GenerateCall) => void;
  readonly embed?: (answer: (message: CallMessage<EmbeddingResponse>) => void) => void;
  readonly measure?: (answer: (message: CallMessage<PackageRates>) => void) => void;
  readonly countTokens?: (answer: (message: CallMessage<number>) => void) => void;
}

export const wasmFacts: DeviceFacts = {
  webgpu: null,
  crossOriginIsolated: true,
  isSecureContext: true,
  processors: 2,
  memoryBudgetBytes: 1e9,
  storage: null,
  engines: { llamacpp: { features: [], backend: 'wasm' } },
  memoryBasis: 'rule',
  key: 'test',
  rates: {},
};

export const loadedBy = (pkg: DevicePackage): LoadResult => ({
  engine: pkg.engine,
  backend: 'wasm',
  contextLength: pkg.contextLength,
  threads: 1,
  packageId: pkg.id,
  fetchedBytes: 0,
});

export const token = (text: string): TokenEvent => ({ type: 'token', text, atMs: 0 });
export const finish = (completionTokens: number): TokenEvent => ({
  type: 'finish',
  reason: 'stop',
  promptTokens: 3,
  completionTokens,
  cachedTokens: 1,
  atMs: 0,
});

const nothing = async () => undefined;

export function workerDouble(script: WorkerScript = {}): WorkerDouble {
  const { port1: page, port2: inside } = new MessageChannel();
  const events = new EventTarget();
  const calls: string[] = [];
  const aborted: string[] = [];
  const onPort = <T>(name: string, port: MessagePort, run: (answer: (message: CallMessage<T>) => void) => void) => {
    calls.push(name);
    port.onmessage = () => {
      aborted.push(name);
      port.close();
    };
    run((message) => port.postMessage(message));
  };
  const settings: StoreSettings[] = [];
  const watching = new Set<MessagePort>();
  const control =
    <Args extends unknown[], Result>(name: string, run: (...args: Args) => Promise<Result>) =>
    (...args: Args) => {
      calls.push([name, ...args].join(' '));
      return run(...args);
    };
  const onPackage = (name: string, port: MessagePort, ...given: unknown[]) =>
    onPort<unknown>(name, port, (answer) => script.onPackage?.(name, answer, ...given));
  const api: WorkerApi = {
    probe: async (call = {}) => ({ ...wasmFacts, ...script.facts, ...script.probe?.(call) }),
    load: (pkg, port) =>
      onPort(
        'load',
        port,
        script.load
          ? (answer) => script.load?.(pkg, answer)
          : (answer) => answer({ type: 'done', result: loadedBy(pkg) }),
      ),
    generate: (_, __, call, port) =>
      onPort(
        'generate',
        port,
        (script.generate && ((answer) => script.generate?.(answer, call))) ??
          ((answer) => answer({ type: 'done', result: null })),
      ),
    countTokens: (_, __, port) =>
      onPort('countTokens', port, script.countTokens ?? ((answer) => answer({ type: 'done', result: 1 }))),
    embed: (_, __, port) => onPort<EmbeddingResponse>('embed', port, (answer) => script.embed?.(answer)),
    measure: (_, port) => onPort<PackageRates>('measure', port, (answer) => script.measure?.(answer)),
    unload: async () => undefined,
    ping: script.ping ?? nothing,
    noteCrash: control('noteCrash', nothing),
    async configureStore(given) {
      settings.push(given);
      await script.configureStore?.();
    },
    listPackages: control('listPackages', script.packages?.listPackages ?? (async () => [])),
    removePackage: control('removePackage', script.packages?.removePackage ?? nothing),
    pauseDownload: control('pauseDownload', script.packages?.pauseDownload ?? nothing),
    resumeDownload: control('resumeDownload', script.packages?.resumeDownload ?? nothing),
    pinPackage: control('pinPackage', script.packages?.pinPackage ?? nothing),
    watchPackages(port) {
      onPort('watchPackages', port, () => watching.add(port));
    },
    downloadPackage: (pkg, options, port) => onPackage('downloadPackage', port, pkg, options),
    verifyPackage: (id, port) => onPackage('verifyPackage', port, id),
    exportPackage: (id, port) => onPackage('exportPackage', port, id),
    importPackage: (archive, port) => onPackage('importPackage', port, archive),
  };
  expose(api, inside);
  page.start();
  if (script.saysHello !== false) {
    inside.postMessage({ type: 'orilla-worker', lockName: script.lockName ?? null } satisfies WorkerHello);
  }
  const end = () => {
    page.close();
    inside.close();
  };
  return {
    calls,
    aborted,
    settings,
    tell(packages) {
      for (const port of watching) port.postMessage({ type: 'packages', packages } satisfies PackagesMessage);
    },
    endWatches(error) {
      for (const port of watching)
        port.postMessage({ type: 'ended', error: encodeError(error) } satisfies PackagesMessage);
      watching.clear();
    },
    postMessage: (message, transfer) => page.postMessage(message, transfer ?? []),
    addEventListener: (type, listener) => (type === 'message' ? page : events).addEventListener(type, listener),
    removeEventListener: (type, listener) => (type === 'message' ? page : events).removeEventListener(type, listener),
    terminate: end,
    kill: end,
    crash: (error) => events.dispatchEvent(Object.assign(new Event('error'), { error })),
  };
}
