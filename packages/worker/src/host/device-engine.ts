import type { EngineName } from '@orilla/contract';
import { makeEngine } from '../engines/make-engine.ts';
import { fastestThreads } from '../engines/threads/fastest-threads.ts';
import type { Locks } from '../weights/locks/with-lock.ts';
import type { CrashLog } from './crash-log.ts';
import type { DeviceKnowledge } from './device-knowledge.ts';
import { doWork } from './do-work.ts';
import { EngineHost, type EngineHostOptions } from './engine-host.ts';
import type { DoWork } from './tabs/engine-work.ts';
import { TabsEngine } from './tabs/tabs-engine.ts';
import { WatchedEngine } from './watched-engine.ts';

export interface DeviceEngineOptions extends Pick<EngineHostOptions, 'store'> {
  /** `null` where there are none: then each tab has an engine of its own. */
  readonly locks: Locks | null;
  /** Tabs whose stores have other settings don't share an engine. */
  readonly settingsKey: string;
  readonly knowledge: () => Promise<DeviceKnowledge>;
  readonly crashes: CrashLog;
  /** The lock that this worker has as long as it lives; `null` where there are none. */
  readonly lifeLock: Promise<string | null>;
}

export interface DeviceEngine {
  /** Lets the work be done by the one engine of this origin's tabs, whichever tab has it. */
  readonly start: DoWork;
  /**
   * Gives the memory back that this worker's own engine has. While other tabs ask it, it does so once they are answered, and what is being
   * loaded goes on: what one tab needs no more, another may.
   */
  unload(): Promise<void>;
  /** Removes a package from the store at once. While other tabs ask it, it stays in memory until they are answered. */
  remove(packageId: string): Promise<void>;
}

/** Raised where what the tabs say to each other changes: an older tab's worker then has an engine of its own. */
const tabsVersion = 1;

/** All that is needed once a model is opened: fetched by then. */
export function openDeviceEngine(options: DeviceEngineOptions): DeviceEngine {
  const { store, locks, settingsKey, knowledge, crashes, lifeLock } = options;
  const noteOpening = async (engine: EngineName, needBytes: number) => {
    const lock = await lifeLock;
    return lock === null ? async () => undefined : (await knowledge()).noteOpening(engine, needBytes, lock);
  };
  // onnxruntime keeps the threads that it has begun with as long as the worker lives.
  let onnxThreads: Promise<number> | null = null;
  const host = new EngineHost({
    store,
    locks,
    makeEngine: async (name) => {
      const facts = await (await knowledge()).facts();
      const threads = () => {
        if (name !== 'onnx') return fastestThreads(facts);
        onnxThreads ??= fastestThreads(facts);
        return onnxThreads;
      };
      const engine = await makeEngine(name, facts, { threads });
      return new WatchedEngine(engine, { crashes, noteOpening });
    },
  });
  const doHere: DoWork = (work, port) => doWork({ host, knowledge }, work, port);
  const unload = () => host.unload();
  const name = `orilla-engine-${tabsVersion} ${settingsKey}`;
  const tabs = locks && new TabsEngine({ name, locks, doWork: doHere, unload });
  const isShared = () => tabs?.isShared === true;
  return {
    start: tabs ? tabs.start : doHere,
    unload: () => (isShared() ? host.unloadAnswered() : host.unload()),
    remove: (packageId) => host.remove(packageId, { isShared: isShared() }),
  };
}
