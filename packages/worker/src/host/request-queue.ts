import { abortReason, OrillaError, type RequestPriority, requestPriorities } from '@orilla/contract';

export interface RequestQueueOptions {
  /** Requests that run at the same time. */
  readonly parallel: number;
  /** Requests that wait for their turn; one more is refused, or takes the place of one that is less urgent. */
  readonly maxWaiting: number;
}

export interface TurnOptions {
  readonly signal: AbortSignal;
  /** Default: `normal`. */
  readonly priority?: RequestPriority | undefined;
}

/** Of ten turns, while all of them wait, this many go to each: nobody waits for ever behind those that go first. */
const turnsOfTen: Readonly<Record<RequestPriority, number>> = { high: 6, normal: 3, low: 1 };

interface Waiting {
  go(): void;
  refuse(): void;
}

/** Those that wait with one priority, first come, first served. */
interface Line {
  readonly waiting: Set<Waiting>;
  /** How many turns it has had, divided by its share of them: the smallest has the next turn (stride scheduling). */
  pass: number;
}

/** Lets an engine have as many requests as it can compute at once; the others wait for their turn, which priorities share out. */
export class RequestQueue {
  readonly #options: RequestQueueOptions;
  readonly #lines: Readonly<Record<RequestPriority, Line>> = { high: newLine(), normal: newLine(), low: newLine() };
  #running = 0;
  #idle: PromiseWithResolvers<void> | null = null;
  #waiting = 0;
  /** The pass of the last turn: a line that was empty begins there, and has saved up nothing. */
  #pass = 0;

  constructor(options: RequestQueueOptions) {
    this.#options = options;
  }

  /**
   * Waits for a turn, and gives the function that ends it; calling that again does nothing. Where as many wait as may, the one that came last
   * of the least urgent gives way to one that is more urgent.
   * @throws OrillaError `engine.busy` where too many wait already, or it gave way; AbortError
   */
  async takeTurn({ signal, priority = 'normal' }: TurnOptions): Promise<() => void> {
    signal.throwIfAborted();
    const { parallel, maxWaiting } = this.#options;
    if (this.#running < parallel) this.#running += 1;
    else {
      if (this.#waiting >= maxWaiting) this.#makePlace(priority);
      await this.#wait(this.#lines[priority], signal);
    }
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      this.#passTurnOn();
    };
  }

  /** Settles once nobody has a turn, or waits for one. */
  idle(): Promise<void> {
    if (this.#running === 0) return Promise.resolve();
    this.#idle ??= Promise.withResolvers();
    return this.#idle.promise;
  }

  /** @throws OrillaError `engine.busy` where nobody waits who is less urgent */
  #makePlace(priority: RequestPriority): void {
    const lessUrgent = requestPriorities.slice(requestPriorities.indexOf(priority) + 1);
    const line = lessUrgent.map((less) => this.#lines[less]).findLast(({ waiting }) => waiting.size > 0);
    const last = [...(line?.waiting ?? [])].at(-1);
    if (!last) throw tooMany(this.#options.maxWaiting);
    last.refuse();
  }

  #wait(line: Line, signal: AbortSignal): Promise<void> {
    if (line.waiting.size === 0) line.pass = Math.max(line.pass, this.#pass);
    return new Promise((resolve, reject) => {
      const stopWaiting = () => {
        line.waiting.delete(waiting);
        this.#waiting -= 1;
        signal.removeEventListener('abort', leave);
      };
      const leave = () => {
        stopWaiting();
        reject(abortReason(signal));
      };
      const waiting: Waiting = {
        go() {
          stopWaiting();
          resolve();
        },
        refuse() {
          stopWaiting();
          reject(gaveWay());
        },
      };
      line.waiting.add(waiting);
      this.#waiting += 1;
      signal.addEventListener('abort', leave, { once: true });
    });
  }

  /** The turn goes straight to who waits, so that nobody can slip in between. */
  #passTurnOn(): void {
    let next: { readonly first: Waiting; readonly line: Line; readonly share: number } | null = null;
    for (const priority of requestPriorities) {
      const line = this.#lines[priority];
      const [first] = line.waiting;
      if (first && (!next || line.pass < next.line.pass)) next = { first, line, share: turnsOfTen[priority] };
    }
    if (!next) {
      this.#running -= 1;
      if (this.#running > 0) return;
      this.#idle?.resolve();
      this.#idle = null;
      return;
    }
    this.#pass = next.line.pass;
    next.line.pass += 1 / next.share;
    next.first.go();
  }
}

function tooMany(waiting: number): OrillaError {
  return new OrillaError('engine.busy', `${waiting} requests wait for the model on this device already.`, {
    advice: 'Ask again when some of them are answered, stop one, or ask with a higher priority.',
  });
}

function gaveWay(): OrillaError {
  return new OrillaError(
    'engine.busy',
    'The request gave way to a more urgent one: too many wait for the model here.',
    {
      advice: 'Ask again when some of them are answered, or with a higher priority.',
    },
  );
}

function newLine(): Line {
  return { waiting: new Set(), pass: 0 };
}
