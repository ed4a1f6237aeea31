import { encodeError, type PackagesMessage, type ProbeCall, type WorkerApi } from '@orilla/contract';
import { loadCode } from '../load-code.ts';
import { answerCall } from './answer-call.ts';
import { answerWatch } from './answer-watch.ts';
import { demandSecureContext } from './demand-secure-context.ts';
import { LazyStore } from './lazy-store.ts';
import { openOnce } from './open-once.ts';
import type { EngineWork } from './tabs/engine-work.ts';

export interface WorkerApiOptions {
  /** The lock that this worker has as long as it lives; `null` where there are none. */
  readonly lifeLock: Promise<string | null>;
}

/** The worker's calls, wired to this worker's own browser. */
export function createWorkerApi({ lifeLock }: WorkerApiOptions): WorkerApi {
  const lazy = new LazyStore();
  const store = () => lazy.open();
  const locks = navigator.locks ?? null; // absent in an insecure context, whatever the types say
  // All of these are fetched when they are first needed: a page that only looks needs none of them.
  const knowledge = openOnce(async () => {
    const { DeviceKnowledge } = await loadCode(() => import('./device-knowledge.ts'));
    return new DeviceKnowledge({ scope: globalThis });
  });
  const ask = async (call?: ProbeCall) => (await knowledge.get()).facts(call);
  const crashes = openOnce(async () => {
    const { CrashLog } = await loadCode(() => import('./crash-log.ts'));
    return new CrashLog({ key: async () => (await ask()).key });
  });
  const engine = openOnce(async () => {
    const { openDeviceEngine } = await loadCode(() => import('./device-engine.ts'));
    const { settingsKey } = lazy;
    const log = await crashes.get();
    return openDeviceEngine({ store, locks, settingsKey, knowledge: knowledge.get, crashes: log, lifeLock });
  });
  const counter = openOnce(async () => {
    const { TokenCounter } = await loadCode(() => import('../text/token-counter.ts'));
    const { promptCounter } = await loadCode(() => import('../engines/prompt-counter.ts'));
    return new TokenCounter({ store: await store(), promptCounter });
  });
  const compute = async (work: EngineWork, port: MessagePort) => {
    try {
      await (await engine.get()).start(work, port);
    } catch (error) {
      port.postMessage({ type: 'error', error: encodeError(error) });
      port.close();
    }
  };
  return {
    probe: async (call) => (await crashes.get()).addTo(await ask(call)),
    load(pkg, port) {
      compute({ name: 'load', given: [pkg] }, port);
    },
    generate(packageId, request, call, port) {
      compute({ name: 'generate', given: [packageId, request, call] }, port);
    },
    embed(packageId, request, port) {
      compute({ name: 'embed', given: [packageId, request] }, port);
    },
    measure(packageId, port) {
      compute({ name: 'measure', given: [packageId] }, port);
    },
    countTokens(pkg, messages, port) {
      answerCall(port, async ({ signal }) => (await counter.get()).count(pkg, messages, { signal }));
    },
    unload: async () => (await engine.opened)?.unload(),
    ping: async () => undefined,
    noteCrash: async (name, code) => {
      if (code === 'engine.out-of-memory') await (await knowledge.get()).backOff(name);
      await (await crashes.get()).noteCrash(name, code);
    },
    configureStore: async (settings) => lazy.configure(settings),
    listPackages: async () => (await store()).list(),
    watchPackages(port) {
      answerWatch<PackagesMessage>(port, async ({ signal, tell }) =>
        (await store()).watch({ signal, onPackages: (packages) => tell({ type: 'packages', packages }) }),
      );
    },
    downloadPackage(pkg, { priority }, port) {
      answerCall(port, async ({ signal, progress }) => {
        demandSecureContext(globalThis);
        return (await store()).download(pkg, { priority, signal, onProgress: progress });
      });
    },
    pauseDownload: async (id) => (await store()).pause(id),
    resumeDownload: async (id) => (await store()).resume(id),
    removePackage: async (id) => (engine.opened ? (await engine.opened).remove(id) : (await store()).remove(id)),
    pinPackage: async (id, isPinned) => (await store()).pin(id, isPinned),
    verifyPackage(id, port) {
      answerCall(port, async ({ signal, progress }) => (await store()).verify(id, { signal, onProgress: progress }));
    },
    exportPackage(id, port) {
      answerCall(port, async () => (await store()).export(id));
    },
    importPackage(archive, port) {
      answerCall(port, async ({ signal, progress }) =>
        (await store()).import(archive, { signal, onProgress: progress }),
      );
    },
  };
}
