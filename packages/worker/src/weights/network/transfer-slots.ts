import { abortReason, type DownloadPriority } from '@orilla/contract';

export interface TakeOptions {
  readonly priority: DownloadPriority;
  readonly signal: AbortSignal;
}

/** The right to transfer one thing at a time. */
export interface TransferSlot {
  /** To be told whenever the connection broke or the server was overloaded, also where it is tried again. */
  interrupted(): void;
  /** Gives the slot back, once. `bytes`: what arrived, 0 where nothing did. */
  release(bytes: number): void;
}

interface Waiting {
  readonly give: () => void;
  readonly turnAway: (reason: Error) => void;
}

const leastSlots = 1;
const firstSlots = 2;
const mostSlots = 6;
/** How much faster it must have become for one more transfer to be worth its while. */
const worthwhile = 1.1;

/**
 * How many transfers run at the same time, in the whole worker: one more for as long as that makes it faster, half as many when
 * connections break ("additive increase, multiplicative decrease", as TCP does it). A question goes before what is fetched in the
 * background; what is under way is never cut off. Where all of that is in the background, a question has one transfer more than there may
 * be: it does not wait for a whole file.
 */
export class TransferSlots {
  readonly #now: () => number;
  readonly #waiting: Readonly<Record<DownloadPriority, Waiting[]>> = { question: [], background: [] };
  #limit = firstSlots;
  #taken = 0;
  /** By questions. */
  #questions = 0;
  /** What was measured since `startMs`. */
  #window = { startMs: 0, bytes: 0, transfers: 0, wasFull: false };
  /** Bytes per millisecond, since the number was last halved. */
  #bestSpeed = 0;
  #halvings = 0;

  /** `now`: milliseconds, from any start. */
  constructor({ now }: { readonly now: () => number }) {
    this.#now = now;
  }

  /** How many may run at this time. */
  get limit(): number {
    return this.#limit;
  }

  /** Waits for a slot. Whoever has many things to transfer asks for the next slot once the last was given. @throws AbortError, and why it was turned away */
  take({ priority, signal }: TakeOptions): Promise<TransferSlot> {
    const queue = this.#waiting[priority];
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(abortReason(signal));
      const waiting: Waiting = {
        give: () => {
          signal.removeEventListener('abort', leave);
          resolve(this.#slot(priority));
        },
        turnAway: (reason) => {
          signal.removeEventListener('abort', leave);
          reject(reason);
        },
      };
      const leave = () => {
        queue.splice(queue.indexOf(waiting), 1);
        reject(abortReason(signal));
      };
      signal.addEventListener('abort', leave, { once: true });
      queue.push(waiting);
      this.#serve();
    });
  }

  /** Rejects everybody who waits: what they would fetch could not be kept. Who comes after that waits again. */
  turnAway(reason: Error): void {
    for (const queue of Object.values(this.#waiting)) for (const waiting of queue.splice(0)) waiting.turnAway(reason);
  }

  #serve(): void {
    for (;;) {
      const isFree = this.#taken < this.#limit;
      const question = isFree || this.#questions === 0 ? this.#waiting.question.shift() : undefined;
      const next = question ?? (isFree ? this.#waiting.background.shift() : undefined);
      if (!next) return;
      if (question) this.#questions += 1;
      // Time in which nothing is fetched says nothing of the connection.
      if (this.#taken === 0) this.#startWindow();
      this.#taken += 1;
      if (this.#taken >= this.#limit) this.#window.wasFull = true;
      next.give();
    }
  }

  #slot(priority: DownloadPriority): TransferSlot {
    let knownHalvings = this.#halvings;
    let isReleased = false;
    return {
      interrupted: () => {
        // Transfers that break together break once.
        if (knownHalvings === this.#halvings) this.#halve();
        knownHalvings = this.#halvings;
      },
      release: (bytes) => {
        if (isReleased) return;
        isReleased = true;
        this.#measure(bytes);
        this.#taken -= 1;
        if (priority === 'question') this.#questions -= 1;
        this.#serve();
      },
    };
  }

  #halve(): void {
    this.#halvings += 1;
    this.#limit = Math.max(leastSlots, Math.floor(this.#limit / 2));
    this.#bestSpeed = 0;
    this.#startWindow();
  }

  #measure(bytes: number): void {
    const window = this.#window;
    window.bytes += bytes;
    window.transfers += 1;
    const spentMs = this.#now() - window.startMs;
    if (window.transfers < this.#limit || spentMs <= 0) return;
    const speed = window.bytes / spentMs;
    // Slots that nobody took prove nothing.
    if (window.wasFull && speed >= this.#bestSpeed * worthwhile) this.#limit = Math.min(mostSlots, this.#limit + 1);
    this.#bestSpeed = Math.max(this.#bestSpeed, speed);
    this.#startWindow();
  }

  #startWindow(): void {
    this.#window = { startMs: this.#now(), bytes: 0, transfers: 0, wasFull: this.#taken >= this.#limit };
  }
}
