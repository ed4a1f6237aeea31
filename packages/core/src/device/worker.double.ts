import type {
  CallMessage,
  DeviceFacts,
  DevicePackage,
  LoadResult,
  TokenEvent,
  WorkerApi,
  WorkerHello,
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
  /** Ends it as a browser does that kills a worker: no event, the lock is free. */
  kill(): void;
  /** Ends it with an error event, as a script that throws. */
  crash(error: Error): void;
}

export interface WorkerScript {
  readonly facts?: Partial<DeviceFacts>;
  readonly lockName?: string | null;
  readonly saysHello?: boolean;
  readonly listPackages?: () => Promise<never>;
  readonly load?: (pkg: DevicePackage, answer: (message: CallMessage<LoadResult>) => void) => void;
  readonly generate?: (answer: (message: CallMessage<null>) => void) => void;
  readonly countTokens?: (answer: (message: CallMessage<number>) => void) => void;
}

export const wasmFacts: DeviceFacts = {
  webgpu: null,
  crossOriginIsolated: true,
  isSecureContext: true,
  processors: 2,
  memoryBudgetBytes: 1e9,
  storage: null,
  engines: { llamacpp: [] },
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
  const api: WorkerApi = {
    probe: async () => ({ ...wasmFacts, ...script.facts }),
    load: (pkg, port) =>
      onPort(
        'load',
        port,
        script.load
          ? (answer) => script.load?.(pkg, answer)
          : (answer) => answer({ type: 'done', result: loadedBy(pkg) }),
      ),
    generate: (_, __, port) =>
      onPort('generate', port, script.generate ?? ((answer) => answer({ type: 'done', result: null }))),
    countTokens: (_, __, port) =>
      onPort('countTokens', port, script.countTokens ?? ((answer) => answer({ type: 'done', result: 1 }))),
    unload: async () => undefined,
    listPackages: script.listPackages ?? (async () => []),
    removePackage: async () => undefined,
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
    postMessage: (message, transfer) => page.postMessage(message, transfer ?? []),
    addEventListener: (type, listener) => (type === 'message' ? page : events).addEventListener(type, listener),
    removeEventListener: (type, listener) => (type === 'message' ? page : events).removeEventListener(type, listener),
    terminate: end,
    kill: end,
    crash: (error) => events.dispatchEvent(Object.assign(new Event('error'), { error })),
  };
}
