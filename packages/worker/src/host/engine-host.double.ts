import type { ChatRequest, Engine, ModelManifest, TokenEvent } from '@orilla/contract';
import { OrillaError } from '@orilla/contract';
import { type WebDouble, webDouble } from '../weights/network/web.double.ts';
import { samplePackage } from '../weights/sample-package.double.ts';
import { makeStore } from '../weights/store.double.ts';
import { EngineHost } from './engine-host.ts';

// The store is the real one; the engine is not, since none runs outside a browser. The real ones are in the browser tests.

export const one = samplePackage({ id: 'one' });
export const two = samplePackage({ id: 'two' });
export const request: ChatRequest = { model: 'one', messages: [{ role: 'user', content: 'hi' }] };
export const never = new AbortController().signal;
export const load = { signal: never, onProgress: () => undefined };

export interface EngineDouble extends Engine {
  readonly name: 'llamacpp';
  crash(): void;
  /** It passes over the abort of its load. */
  deafen(): void;
}

/** What engines do beforehand; without it they can't. */
export type Prepare = NonNullable<Engine['prepare']>;

export function makeHost(network: WebDouble = webDouble({ ...one.served, ...two.served }), prepare?: Prepare) {
  const log: string[] = [];
  const engines: EngineDouble[] = [];
  const loading: { gate: Promise<void> | null } = { gate: null };
  const { store } = makeStore(network);
  const makeEngine = async (): Promise<Engine> => {
    const engine = Object.assign(engineDouble(log, loading), prepare && { prepare });
    engines.push(engine);
    return engine;
  };
  return {
    host: new EngineHost({ store: async () => store, locks: navigator.locks, makeEngine, askWithinMs: 20 }),
    log,
    engines,
    loading,
    network,
    store,
  };
}

/** Counts to a hundred, a number a turn of the event loop. */
function engineDouble(log: string[], loading: { gate: Promise<void> | null }): EngineDouble {
  let open: string | null = null;
  let isDeaf = false;
  return {
    name: 'llamacpp',
    capabilities: { features: [], givesTokenIds: false, takesTokenIds: false, parallelRequests: 2 },
    get isOpen() {
      return open !== null;
    },
    crash() {
      open = null;
    },
    deafen() {
      isDeaf = true;
    },
    async load(manifest: ModelManifest, files, { contextLength, signal }) {
      log.push(`open ${manifest.id}`);
      await loading.gate;
      if (!isDeaf) signal.throwIfAborted();
      if (files.size === 0) throw new Error('No files.');
      open = manifest.id;
      return { engine: 'llamacpp', backend: 'wasm', contextLength, threads: 1 };
    },
    async *generate(_request, { signal }): AsyncGenerator<TokenEvent> {
      log.push('begin');
      try {
        for (let number = 1; number <= 100; number += 1) {
          await new Promise((resolve) => setTimeout(resolve, 1));
          signal.throwIfAborted();
          if (!open) throw new OrillaError('engine.failed', 'Gone.');
          yield { type: 'token', text: `${number} `, atMs: 0 };
        }
      } finally {
        log.push('end');
      }
    },
    async unload() {
      if (open) log.push(`close ${open}`);
      open = null;
    },
  };
}

export async function firstTokens(host: EngineHost, count: number, signal = never) {
  let text = '';
  for await (const event of host.generate('one', request, { signal })) {
    if (event.type === 'token') text += event.text;
    count -= 1;
    if (count === 0) break;
  }
  return text;
}
