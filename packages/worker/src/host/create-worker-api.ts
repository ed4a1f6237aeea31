import type { DeviceFacts, WorkerApi } from '@orilla/contract';
import { makeEngine } from '../engines/make-engine.ts';
import { loadCode } from '../load-code.ts';
import type { TokenCounter } from '../text/token-counter.ts';
import { indexedDbBackend } from '../weights/backend/indexed-db-backend.ts';
import { channelName } from '../weights/download/package-channel.ts';
import { realNetwork } from '../weights/network/network.ts';
import { defaultHubUrl } from '../weights/source/hub-source.ts';
import { WeightStore } from '../weights/weight-store.ts';
import { answerCall } from './answer-call.ts';
import { demandSecureContext } from './demand-secure-context.ts';
import { EngineHost } from './engine-host.ts';
import { type DeviceScope, probeDevice } from './probe-device.ts';

/** The worker's calls, wired to this worker's own browser. */
export function createWorkerApi(): WorkerApi {
  const store = new WeightStore({
    backend: indexedDbBackend(),
    network: realNetwork,
    storage: navigator.storage ?? null,
    locks: navigator.locks ?? null,
    broadcast: new BroadcastChannel(channelName),
    baseUrl: location.href,
    hubUrl: defaultHubUrl,
  });
  const probe = (): Promise<DeviceFacts> => probeDevice(globalThis satisfies DeviceScope);
  const host = new EngineHost({ store, makeEngine: async (name) => makeEngine(name, await probe()) });
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
    generate(packageId, request, port) {
      answerCall(port, async ({ signal, token }) => {
        for await (const event of host.generate(packageId, request, { signal })) token(event);
        return null;
      });
    },
    countTokens(pkg, messages, port) {
      answerCall(port, async ({ signal }) => {
        counter ??= loadCode(() => import('../text/token-counter.ts')).then(
          ({ TokenCounter }) => new TokenCounter(store),
        );
        // What could not be fetched now may be there the next time.
        counter.catch(() => {
          counter = null;
        });
        return (await counter).count(pkg, messages, { signal });
      });
    },
    unload: () => host.unload(),
    listPackages: () => store.list(),
    removePackage: (id) => host.remove(id),
  };
}
