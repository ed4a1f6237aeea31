import type { Backend, DeviceFacts, EngineName, MemoryBudget, PackageRates, ProbeCall } from '@orilla/contract';
import { openLock } from '../weights/locks/lock-names.ts';
import { type DeviceRow, DeviceRows, type LearnedMemory, type Opening } from './device-rows.ts';
import { gpuAllocator, wasmAllocator } from './memory-allocators.ts';
import { backends, memoryFacts } from './memory-budget.ts';
import { type Allocator, learnMemory } from './memory-probe.ts';
import { OpeningNotes, type OpeningNotesOptions } from './opening-notes.ts';
import { type DeviceScope, probeDevice } from './probe-device.ts';

/** Of what the rule gives, which is at most half of the device's memory, the most that is tried on a GPU: so at most three quarters. */
const gpuCeiling = 1.5;
/** Of what did not go well, the part that is tried from then on. */
const afterCrash = 0.75;
/** A page that went down once while a package was opened may have been ended by something else: so long it is believed. */
const doubtMs = 24 * 60 * 60 * 1000;
/** A driver that hangs answers never, and a tab may be frozen while it takes memory: whoever asks goes by the rule then. */
const defaultWaitMs = 10_000;

export interface DeviceKnowledgeOptions extends Pick<OpeningNotesOptions, 'isAlive'> {
  readonly scope: DeviceScope;
  readonly rows?: DeviceRows;
  readonly probe?: () => Promise<DeviceFacts>;
  /** `null` where the backend has no memory to take. */
  readonly allocator?: (backend: Backend) => Promise<Allocator | null>;
  /** Runs one work at a time among all tabs of this origin: two that take memory at once would learn half of it. */
  readonly alone?: (work: () => Promise<void>) => Promise<void>;
  /** How long to wait for what may never come: another tab that learns, or one backend's memory. Default: ten seconds each. */
  readonly waitMs?: number;
  /** Milliseconds since the Unix epoch. */
  readonly now?: () => number;
}

/** What the browser tells of the device, together with what was learned of it: memory and rates, remembered for each `DeviceFacts.key`. */
export class DeviceKnowledge {
  readonly #rows: DeviceRows;
  readonly #probe: () => Promise<DeviceFacts>;
  readonly #allocator: (backend: Backend) => Promise<Allocator | null>;
  readonly #alone: (work: () => Promise<void>) => Promise<void>;
  readonly #waitMs: number;
  readonly #now: () => number;
  readonly #openings: OpeningNotes;

  constructor(options: DeviceKnowledgeOptions) {
    const { scope, rows = new DeviceRows(), probe, allocator, waitMs = defaultWaitMs, now = Date.now } = options;
    this.#alone = options.alone ?? ((work) => amongTabs(work, waitMs));
    this.#waitMs = waitMs;
    this.#now = now;
    this.#rows = rows;
    this.#openings = new OpeningNotes({ rows, isAlive: options.isAlive });
    this.#probe = probe ?? (() => probeDevice(scope));
    // A browser that is short of addresses refuses WASM's memory with an exception.
    this.#allocator =
      allocator ?? (async (backend) => (backend === 'wasm' ? wasmAllocator() : gpuAllocator(navigator.gpu)));
  }

  /** Never throws: what can't be learned or remembered is left as the rule has it. */
  async facts({ learnMemory: learn, closedWorkers: closed }: ProbeCall = {}): Promise<DeviceFacts> {
    const facts = await this.#probe();
    // Locks that may not be used: no worker has noted anything.
    const lost = closed ? await this.#openings.takeLost(facts.key, closed).catch(() => []) : [];
    for (const opening of lost) await this.#doubt(await this.#withLearned(facts), opening);
    // Locks that may not be used, or that another tab keeps: the rule has to do.
    if (learn) await this.#alone(() => this.#learn(facts, learn)).catch(() => undefined);
    return this.#withLearned(facts);
  }

  /** Rates that were measured on this device as it is now; `null` where there are none. */
  async rates(packageId: string): Promise<PackageRates | null> {
    const { rates, engines } = await this.facts();
    const known = Object.hasOwn(rates, packageId) ? rates[packageId] : undefined;
    return known && engines[known.engine]?.backend === known.backend ? known : null;
  }

  async keepRates(packageId: string, rates: PackageRates): Promise<void> {
    const { key } = await this.#probe();
    await this.#rows.change(key, (row) => ({ ...row, rates: { ...row.rates, [packageId]: rates } }));
  }

  /** Memory ran out with a model that needs `needBytes`; without that figure, with what there was said to be. */
  async backOff(engine: EngineName, needBytes = Number.POSITIVE_INFINITY): Promise<void> {
    const facts = await this.facts();
    const backend = facts.engines[engine]?.backend;
    if (backend) await this.#lower(facts, backend, needBytes);
  }

  /**
   * A package is about to be opened by the worker that has this lock. Gives what is to be called when that is over, however it ended: where it
   * never is, since the page went down, the next page backs off.
   */
  async noteOpening(engine: EngineName, needBytes: number, lock: string): Promise<() => Promise<void>> {
    const { key, engines } = await this.#probe();
    const backend = engines[engine]?.backend;
    return backend ? this.#openings.begin(key, lock, { backend, needBytes }) : async () => undefined;
  }

  /** A page went down with what it opened: for a day there is less; where that was so already, for good. */
  async #doubt(facts: DeviceFacts, { backend, needBytes }: Opening): Promise<void> {
    const isAgain = facts.memory?.[backend]?.basis === 'crash';
    await this.#lower(facts, backend, needBytes, isAgain ? {} : { untilMs: this.#now() + doubtMs });
  }

  async #lower(
    facts: DeviceFacts,
    backend: Backend,
    needBytes: number,
    until: Pick<LearnedMemory, 'untilMs'> = {},
  ): Promise<void> {
    const budget = facts.memory?.[backend]?.budgetBytes;
    if (!budget) return;
    await this.#keepMemory(facts.key, backend, {
      bytes: Math.floor(Math.min(budget, needBytes) * afterCrash),
      basis: 'crash',
      ...until,
    });
  }

  /** What still holds of what was learned. */
  #holding({ memory }: DeviceRow, backend: Backend): LearnedMemory | undefined {
    const learned = memory[backend];
    return learned?.untilMs === undefined || learned.untilMs > this.#now() ? learned : undefined;
  }

  async #withLearned(facts: DeviceFacts): Promise<DeviceFacts> {
    const row = await this.#rows.read(facts.key);
    const memory: Partial<Record<Backend, MemoryBudget>> = { ...facts.memory };
    for (const backend of backends) {
      const learned = this.#holding(row, backend);
      const byRule = memory[backend];
      if (byRule && learned) memory[backend] = { budgetBytes: learned.bytes, basis: learned.basis };
    }
    return { ...facts, ...memoryFacts(memory, facts.engines), rates: row.rates };
  }

  /** Once for each backend that an engine has here. */
  async #learn(facts: DeviceFacts, { ceilingBytes }: NonNullable<ProbeCall['learnMemory']>): Promise<void> {
    const used = new Set(Object.values(facts.engines).map(({ backend }) => backend));
    for (const backend of used) {
      const byRule = facts.memory?.[backend]?.budgetBytes ?? 0;
      const row = await this.#rows.read(facts.key);
      const wasCutOff = row.taking === backend;
      // A page that was closed meanwhile looks like a crash; twice in a row it is one.
      if (wasCutOff && row.isRetaking) {
        await this.#keepMemory(facts.key, backend, { bytes: Math.floor(byRule * afterCrash), basis: 'crash' });
        continue;
      }
      if (this.#holding(row, backend)) continue;
      // The memory of a GPU in software is the device's own, and is written to: the rule knows as much.
      if (ceilingBytes === undefined && backend === 'webgpu' && facts.webgpu?.isFallback) continue;
      const whole = backend === 'webgpu' ? byRule * gpuCeiling : byRule;
      const most = wasCutOff ? byRule * afterCrash : whole;
      await this.#take(facts.key, backend, {
        ceilingBytes: Math.min(ceilingBytes ?? most, most),
        isRetaking: wasCutOff,
      });
    }
  }

  async #take(
    key: string,
    backend: Backend,
    { ceilingBytes, isRetaking }: { readonly ceilingBytes: number; readonly isRetaking: boolean },
  ): Promise<void> {
    // Without a note a crash would come again with every page.
    if (!(await this.#rows.change(key, (row) => ({ ...row, taking: backend, isRetaking })))) return;
    const taken = this.#allocator(backend)
      .then((allocator) => allocator && learnMemory(allocator, { ceilingBytes }))
      .catch(() => null); // no device to be had: nothing is learned
    const bytes = await inTime(taken, this.#waitMs);
    if (bytes) return this.#keepMemory(key, backend, { bytes, basis: 'probe' });
    await this.#rows.change(key, ({ taking: _, isRetaking: __, ...row }) => row);
  }

  async #keepMemory(key: string, backend: Backend, learned: LearnedMemory): Promise<void> {
    await this.#rows.change(key, ({ taking: _, isRetaking: __, ...row }) => ({
      ...row,
      memory: { ...row.memory, [backend]: learned },
    }));
  }
}

/** `null` where it takes longer. */
async function inTime<T>(work: Promise<T>, limitMs: number): Promise<T | null> {
  const late = Promise.withResolvers<null>();
  const timer = setTimeout(() => late.resolve(null), limitMs);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** A note that is found by whoever has the lock is one of a worker that is gone. @throws DOMException where it is not to be had in time */
async function amongTabs(work: () => Promise<void>, waitMs: number): Promise<void> {
  const { locks } = navigator;
  // Absent in an insecure context, whatever the types say: no model runs there.
  await locks?.request('orilla-learn-memory', { signal: AbortSignal.timeout(waitMs) }, async () => {
    const { held = [] } = await locks.query();
    // What a model in some tab has could not be taken: too little would be learned, and its engine might lack it.
    if (!held.some(({ name }) => name?.startsWith(openLock('')))) await work();
  });
}
