import type { DeviceFacts, PackagesMessage, WorkerApi } from '@orilla/contract';
import { makeEngine } from '../engines/make-engine.ts';
import { loadCode } from '../load-code.ts';
import type { TokenCounter } from '../text/token-counter.ts';
import { answerCall } from './answer-call.ts';
import { answerWatch } from './answer-watch.ts';
import { CrashLog } from './crash-log.ts';
import { demandSecureContext } from './demand-secure-context.ts';
import { EngineHost } from './engine-host.ts';
import { LazyStore } from './lazy-store.ts';
import { type DeviceScope, probeDevice } from './probe-device.ts';

/** The worker's calls, wired to this worker's own browser. */
export function createWorkerApi(): WorkerApi {
  const lazy = new LazyStore();
  const store = () => lazy.open();
  const ask = (): Promise<DeviceFacts> => probeDevice(globalThis satisfies DeviceScope);
  const crashes = new CrashLog({ key: async () => (await ask()).key });
  const probe = async () => crashes.addTo(await ask());
  const host = new EngineHost({
    store,
    locks: navigator.locks ?? null, // absent in an insecure context, whatever the types say
    async makeEngine(name) {
      const { WatchedEngine } = await loadCode(() => import('./watched-engine.ts'));
      return new WatchedEngine(await makeEngine(name, await ask()), { crashes });
    },
  });
  // Fetched when it is first needed: it is larger than everything here.
  let counter: Promise<TokenCounter> | null = null;
  return {
    probe,
    load(pkg, port) {
      answerCall(port, async ({ signal, progress }) => {
        demandSecureContext(globalThis);
        return host.load(pkg, { signal, onProgress: progress });
      });
    },
    generate(packageId, request, call, port) {
      answerCall(port, async ({ signal, token }) => {
        for await (const event of host.generate(packageId, request, { ...call, signal })) token(event);
        return null;
      });
    },
    embed(packageId, request, port) {
      answerCall(port, ({ signal }) => host.embed(packageId, request, { signal }));
    },
    measure(packageId, port) {
      answerCall(port, ({ signal }) => host.measure(packageId, { signal }));
    },
    countTokens(pkg, messages, port) {
      answerCall(port, async ({ signal }) => {
        counter ??= loadCode(() => import('../text/token-counter.ts')).then(
          async ({ TokenCounter }) => new TokenCounter(await store()),
        );
        // What could not be fetched now may be there the next time.
        counter.catch(() => {
          counter = null;
        });
        return (await counter).count(pkg, messages, { signal });
      });
    },
    unload: () => host.unload(),
    ping: async () => undefined,
    noteCrash: (engine, code) => crashes.noteCrash(engine, code),
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
    removePackage: (id) => host.remove(id),
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
