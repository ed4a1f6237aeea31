import { type CallControl, type CallMessage, encodeError } from '@orilla/contract';
import type { Locks } from '../../weights/locks/with-lock.ts';
import { type DoWork, type EngineWork, isLast } from './engine-work.ts';
import { leaderGone } from './leader-gone.ts';
import type { Seat } from './seat.ts';
import { type TabChannel, type TabMessage, tabLock } from './tab-messages.ts';

export interface LeadingSeatOptions {
  readonly id: string;
  readonly channel: TabChannel;
  readonly locks: Locks;
  readonly doWork: DoWork;
  readonly unload: () => Promise<void>;
}

/** Computes here, for this tab's page and for the other tabs. */
export class LeadingSeat implements Seat {
  readonly #options: LeadingSeatOptions;
  readonly #gone = new AbortController();
  readonly #ended = Promise.withResolvers<void>();
  /** Of this tab's own page. */
  readonly #own = new Set<MessagePort>();
  /** By tab, then by call: this end of the port that the work answers on. */
  readonly #others = new Map<string, Map<number, MessagePort>>();

  constructor(options: LeadingSeatOptions) {
    this.#options = options;
  }

  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  /** Settles when it leads no longer. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  /** Whether other tabs wait for something. */
  get isAsked(): boolean {
    return [...this.#others.values()].some((calls) => calls.size > 0);
  }

  start = async (work: EngineWork, port: MessagePort): Promise<void> => {
    // As in a seat that follows: another tab may have taken over since it was chosen.
    this.gone.throwIfAborted();
    this.#own.add(port);
    await this.#options.doWork(work, port);
    this.#own.delete(port);
  };

  receive(message: Extract<TabMessage, { type: 'call' | 'abort' | 'ping' }>): void {
    const { id, channel } = this.#options;
    const { from } = message;
    switch (message.type) {
      case 'ping':
        channel.postMessage({ type: 'pong', from: id, to: from });
        break;
      case 'call':
        this.#answer(from, message.call, message.work);
        break;
      case 'abort':
        this.#others
          .get(from)
          ?.get(message.call)
          ?.postMessage({ type: 'abort' } satisfies CallControl);
    }
  }

  /** Another tab leads now: what this one computed goes on there, and its memory is given back. */
  end(why: string): void {
    if (this.gone.aborted) return;
    const reason = leaderGone(why);
    this.#gone.abort(reason);
    this.#ended.resolve();
    for (const port of this.#own) port.postMessage({ type: 'error', error: encodeError(reason) });
    this.#own.clear();
    for (const tab of [...this.#others.keys()]) this.#stop(tab);
    this.#options.unload().catch(() => undefined); // nobody waits for it
  }

  #answer(tab: string, call: number, work: EngineWork): void {
    const { id, channel, doWork } = this.#options;
    const { port1: ours, port2: theirs } = new MessageChannel();
    const calls = this.#callsOf(tab);
    calls.set(call, ours);
    ours.onmessage = ({ data }: MessageEvent<CallMessage<unknown>>) => {
      channel.postMessage({ type: 'answer', from: id, to: tab, call, message: data });
      if (!isLast(data)) return;
      calls.delete(call);
      ours.close();
    };
    doWork(work, theirs);
  }

  #callsOf(tab: string): Map<number, MessagePort> {
    const known = this.#others.get(tab);
    if (known) return known;
    const calls = new Map<number, MessagePort>();
    this.#others.set(tab, calls);
    const { locks } = this.#options;
    // Given when that tab is gone: its answers are for nobody any more.
    locks
      .request(tabLock(tab), { mode: 'shared', signal: this.gone }, () => undefined)
      .then(() => this.#stop(tab))
      .catch(() => undefined); // or this seat ended before
    return calls;
  }

  #stop(tab: string): void {
    for (const port of this.#others.get(tab)?.values() ?? []) {
      port.onmessage = null;
      port.postMessage({ type: 'abort' } satisfies CallControl);
    }
    this.#others.delete(tab);
  }
}
