import type { EngineName } from '@orilla/contract';
import { controlCall } from './control-call.ts';
import type { WorkerConnection } from './worker-connection.ts';
import type { WorkerLink } from './worker-link.ts';

/** Tabs that computed for this one may close one after the other. That this many do while one thing is asked is no accident. */
export const maxLostTabs = 8;

/** An engine that works for this page. */
export interface EngineWork {
  /** Not this page's worker computes: another tab's does. */
  moveElsewhere(): void;
  end(): void;
}

/** Tells the next worker which engine the last one went down with: what is dead can't note it. */
export class WorkerCrashes {
  /** Those that this page's own worker computes. */
  readonly #works = new Set<{ readonly engine: EngineName }>();
  readonly #unnoted = new Set<EngineName>();
  readonly #reasons = new WeakSet<object>();
  #connection: WorkerConnection | null = null;
  #noted: Promise<unknown> = Promise.resolve();

  constructor(link: Pick<WorkerLink, 'onConnected' | 'onLost' | 'isClosed'>) {
    link.onConnected((connection) => this.#connected(connection));
    link.onLost((reason) => {
      // One that never started ran no engine, and what the app closed has not failed.
      if (this.#connection && !link.isClosed) this.#died(reason);
      this.#connection = null;
    });
  }

  /** Settles when what is to be noted is noted, or can't be. */
  get noted(): Promise<unknown> {
    return this.#noted;
  }

  /** An engine works for this page from now on. */
  begin(engine: EngineName): EngineWork {
    const work = { engine };
    const end = () => void this.#works.delete(work);
    this.#works.add(work);
    return { moveElsewhere: end, end };
  }

  /**
   * Whether an error tells of the death of this page's own worker while that computed. Of a worker that only handed on what another tab computed
   * it says as little against an engine as that tab's closing.
   */
  isOwn(error: object): boolean {
    return this.#reasons.has(error);
  }

  #died(reason: unknown): void {
    if (typeof reason === 'object' && reason !== null && this.#works.size > 0) this.#reasons.add(reason);
    for (const { engine } of this.#works) this.#unnoted.add(engine);
  }

  #connected(connection: WorkerConnection): void {
    this.#connection = connection;
    const engines = [...this.#unnoted];
    this.#unnoted.clear();
    this.#noted = Promise.allSettled(
      engines.map((engine) => controlCall(connection, (api) => api.noteCrash(engine, 'engine.worker-died'))),
    );
  }
}
