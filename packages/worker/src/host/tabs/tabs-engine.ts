import { type CallMessage, encodeError } from '@orilla/contract';
import { toHex } from '../../to-hex.ts';
import { watchSilence } from '../../watch-silence.ts';
import type { Locks } from '../../weights/locks/with-lock.ts';
import { type DoWork, type EngineWork, packageIdOf } from './engine-work.ts';
import { FollowingSeat } from './following-seat.ts';
import { LeadingSeat } from './leading-seat.ts';
import type { Seat } from './seat.ts';
import { type TabChannel, type TabMessage, tabLock } from './tab-messages.ts';

export interface TabsEngineOptions {
  /** Tabs with the same name share an engine: of the lock that who leads has, and of the channel. */
  readonly name: string;
  readonly locks: Locks;
  readonly openChannel?: (name: string) => TabChannel;
  /** Computes in this worker. */
  readonly doWork: DoWork;
  /** Gives this worker's memory back. */
  readonly unload: () => Promise<void>;
  readonly passOverMs?: number;
}

/** Longer than an engine blocks its worker when it opens a model; a frozen tab answers never. */
const defaultPassOverMs = 30_000;
/** How long one that may have taken over from a leader that was passed over has to say so. */
const takenOverMs = 1_000;

/**
 * One engine for all tabs of an origin. Who has the lock leads: its worker computes, and the others hand their calls over a channel to it. When
 * the leader closes, its lock goes to a tab that needs the engine, and the pages go on with their answers there. A leader that neither tells
 * anything nor answers is passed over: the lock is stolen from it, which it is told when it wakes up, and then gives its memory back.
 */
export class TabsEngine {
  readonly #options: Required<TabsEngineOptions>;
  readonly #id = toHex(crypto.getRandomValues(new Uint8Array(16)));
  readonly #channel: TabChannel;
  /** Where each package was loaded last: it is open there, or nowhere. */
  readonly #loadedAt = new Map<string, Seat>();
  #seat: Promise<Seat> | null = null;
  #finding: Promise<Seat> | null = null;
  #leading: LeadingSeat | null = null;
  #following: FollowingSeat | null = null;
  #onLeader: ((leader: string) => void) | null = null;
  #hasPassedOver = false;
  #life: Promise<void> | null = null;

  constructor(options: TabsEngineOptions) {
    const openChannel = (name: string) => new BroadcastChannel(name);
    this.#options = { passOverMs: defaultPassOverMs, openChannel, ...options };
    this.#channel = this.#options.openChannel(options.name);
    this.#channel.onmessage = ({ data }) => this.#receive(data);
  }

  /** Lets the work be done where the engine is. Answers on the port, as the engine does. */
  readonly start: DoWork = async (work, port) => {
    try {
      const seat = await this.#seatFor(work);
      if (seat !== this.#leading) port.postMessage({ type: 'elsewhere' } satisfies CallMessage<unknown>);
      await seat.start(work, port);
    } catch (error) {
      port.postMessage({ type: 'error', error: encodeError(error) });
      port.close();
    }
  };

  /** Whether other tabs have open calls here. */
  get isShared(): boolean {
    return this.#leads && this.#leading?.isAsked === true;
  }

  async #seatFor(work: EngineWork): Promise<Seat> {
    const id = packageIdOf(work);
    const before = work.name === 'load' ? undefined : this.#loadedAt.get(id);
    // What took its place meanwhile knows nothing of this package.
    before?.gone.throwIfAborted();
    const seat = before ?? (await this.#takeSeat());
    this.#loadedAt.set(id, seat);
    return seat;
  }

  async #takeSeat(): Promise<Seat> {
    const seat = await this.#seat?.catch(() => null); // whoever asked for it was told
    if (seat && !seat.gone.aborted) return seat;
    return this.#findSeatOnce();
  }

  /** Several calls at once find one seat. */
  #findSeatOnce(): Promise<Seat> {
    this.#finding ??= this.#findSeat().finally(() => {
      this.#finding = null;
    });
    this.#seat = this.#finding;
    return this.#finding;
  }

  async #findSeat(): Promise<Seat> {
    this.#life ??= this.#live();
    await this.#life;
    if (this.#leading && this.#leads) return this.#leading;
    const own = await this.#lead({ ifAvailable: true });
    if (own) return own;
    const found = Promise.withResolvers<Seat>();
    const over = new AbortController();
    const leadWith = (options: LockOptions) =>
      this.#lead(options).then((seat) => seat && found.resolve(seat), found.reject);
    this.#onLeader = (leader) => found.resolve(this.#follow(leader));
    // The leader may go before it answers.
    leadWith({ signal: over.signal });
    const { passOverMs } = this.#options;
    const limitMs = this.#hasPassedOver ? Math.min(takenOverMs, passOverMs) : passOverMs;
    const watch = watchSilence({ limitMs, onSilent: () => leadWith({ steal: true }) });
    this.#channel.postMessage({ type: 'who-leads', from: this.#id });
    try {
      return await found.promise;
    } finally {
      this.#onLeader = null;
      watch.end();
      over.abort();
    }
  }

  /** Takes this tab's own lock, which it never gives back. */
  #live(): Promise<void> {
    return new Promise((resolve, reject) => {
      const held = () => {
        resolve();
        return new Promise<never>(() => undefined);
      };
      this.#options.locks.request(tabLock(this.#id), held).catch(reject);
    });
  }

  /** Leads as soon as the lock is had; `null` where it is not to be had, or no longer wanted. */
  #lead(options: LockOptions): Promise<LeadingSeat | null> {
    const { name, locks, doWork, unload } = this.#options;
    return new Promise((resolve, reject) => {
      let seat: LeadingSeat | null = null;
      const lead = async (lock: Lock | null) => {
        if (!lock || options.signal?.aborted) return resolve(null);
        seat = new LeadingSeat({ id: this.#id, channel: this.#channel, locks, doWork, unload });
        this.#leading = seat;
        // The one that was to be passed over may have told in the meantime that it leads: it does not any more.
        this.#following?.end('this tab took over');
        this.#following = null;
        this.#hasPassedOver = false;
        this.#channel.postMessage({ type: 'leads', from: this.#id });
        resolve(seat);
        await seat.ended;
      };
      locks.request(name, options, lead).catch((error: unknown) => {
        if (options.signal?.aborted) return resolve(null);
        // It was stolen: for the others this tab was as good as gone.
        seat?.end('another tab took over, since this one did not answer');
        reject(error);
      });
    });
  }

  #follow(leader: string): FollowingSeat {
    const { locks, passOverMs } = this.#options;
    this.#hasPassedOver = false;
    this.#following = new FollowingSeat({
      id: this.#id,
      leader,
      channel: this.#channel,
      locks,
      passOverMs,
      onPassedOver: () => {
        this.#hasPassedOver = true;
      },
    });
    return this.#following;
  }

  #receive(message: TabMessage): void {
    if (message.type === 'who-leads') {
      if (this.#leads) this.#channel.postMessage({ type: 'leads', from: this.#id });
      return;
    }
    if (message.type === 'leads') {
      if (this.#following?.leader !== message.from) this.#following?.end('another tab took over');
      this.#onLeader?.(message.from);
      return;
    }
    if (message.to !== this.#id) return;
    switch (message.type) {
      case 'call':
      case 'abort':
      case 'ping':
        // Who leads no longer is not to answer: that tells the others to pass it over.
        if (this.#leads) this.#leading?.receive(message);
        break;
      case 'answer':
      case 'pong':
        if (this.#following?.leader !== message.from) break;
        this.#following.heard();
        if (message.type === 'answer') this.#following.answer(message.call, message.message);
    }
  }

  get #leads(): boolean {
    return this.#leading !== null && !this.#leading.gone.aborted;
  }
}
