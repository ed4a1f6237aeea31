import { isOrillaError, memoryNeed, type PackagesMessage, type ProbeCall, type WorkerApi } from '@orilla/contract';
import { makeEngine } from '../engines/make-engine.ts';
import { loadCode } from '../load-code.ts';
import type { TokenCounter } from '../text/token-counter.ts';
import { answerCall } from './answer-call.ts';
import { answerWatch } from './answer-watch.ts';
import { CrashLog } from './crash-log.ts';
import { demandSecureContext } from './demand-secure-context.ts';
import type { DeviceKnowledge } from './device-knowledge.ts';
import { EngineHost } from './engine-host.ts';
import { LazyStore } from './lazy-store.ts';

/** The worker's calls, wired to this worker's own browser. */
export function createWorkerApi(): WorkerApi {
  const lazy = new LazyStore();
  const store = () => lazy.open();
  let opening: Promise<DeviceKnowledge> | null = null;
  const knowledge = () => {
    opening ??= loadCode(() => import('./device-knowledge.ts')).then(
      ({ DeviceKnowledge: Knowledge }) => new Knowledge({ scope: globalThis }),
    );
    // What could not be fetched now may be there the next time.
    opening.catch(() => {
      opening = null;
    });
    return opening;
  };
  const ask = async (call?: ProbeCall) => (await knowledge()).facts(call);
  const crashes = new CrashLog({ key: async () => (await ask()).key });
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
    probe: async (call) => crashes.addTo(await ask(call)),
    load(pkg, port) {
      answerCall(port, async ({ signal, progress }) => {
        demandSecureContext(globalThis);
        try {
          return await host.load(pkg, { signal, onProgress: progress });
        } catch (error) {
          if (isOrillaError(error) && error.code === 'engine.out-of-memory')
            await (await knowledge()).backOff(pkg.engine, memoryNeed(pkg));
          throw error;
        }
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
      answerCall(port, async ({ signal }) => {
        const known = await knowledge();
        const before = await known.rates(packageId);
        if (before) return before;
        const rates = await host.measure(packageId, { signal });
        await known.keepRates(packageId, rates);
        return rates;
      });
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
    noteCrash: async (engine, code) => {
      if (code === 'engine.out-of-memory') await (await knowledge()).backOff(engine);
      await crashes.noteCrash(engine, code);
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
