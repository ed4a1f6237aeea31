import { type CallControl, type CallMessage, encodeError } from '@orilla/contract';
import { type SilenceWatch, watchSilence } from '../../watch-silence.ts';
import type { Locks } from '../../weights/locks/with-lock.ts';
import { type EngineWork, isLast } from './engine-work.ts';
import { leaderGone } from './leader-gone.ts';
import type { Seat } from './seat.ts';
import { type TabChannel, tabLock } from './tab-messages.ts';

export interface FollowingSeatOptions {
  readonly id: string;
  readonly leader: string;
  readonly channel: TabChannel;
  readonly locks: Locks;
  /** How long the leader may neither tell anything nor answer a ping before it is passed over. */
  readonly passOverMs: number;
  readonly onPassedOver: () => void;
}

const pingsPerPassOver = 3;
/** Calls count up within this worker, whoever it follows. */
let lastCall = 0;

/** Lets another tab compute, and passes its messages on to this tab's page. */
export class FollowingSeat implements Seat {
  readonly leader: string;
  readonly #options: FollowingSeatOptions;
  readonly #gone = new AbortController();
  readonly #calls = new Map<number, { readonly port: MessagePort; readonly ended: () => void }>();
  #silence: SilenceWatch | null = null;
  #pings: ReturnType<typeof setInterval> | undefined;

  constructor(options: FollowingSeatOptions) {
    this.#options = options;
    this.leader = options.leader;
    options.locks
      .request(tabLock(this.leader), { mode: 'shared', signal: this.gone }, () => undefined)
      .then(() => this.end('it was closed'))
      .catch(() => undefined); // it is followed no longer
  }

  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  start = (work: EngineWork, port: MessagePort): Promise<void> =>
    new Promise((resolve) => {
      // It may have gone since it was chosen.
      this.gone.throwIfAborted();
      lastCall += 1;
      const call = lastCall;
      const { id, leader, channel } = this.#options;
      this.#calls.set(call, { port, ended: resolve });
      const leave = () => {
        if (this.#calls.has(call)) channel.postMessage({ type: 'abort', from: id, to: leader, call });
        this.#forget(call);
      };
      port.addEventListener('message', ({ data }: MessageEvent<CallControl>) => {
        if (data.type === 'abort') leave();
      });
      port.addEventListener('close', leave);
      port.start();
      this.#watch();
      channel.postMessage({ type: 'call', from: id, to: leader, call, work });
    });

  /** Something came from the leader: it is there. */
  heard(): void {
    this.#silence?.heard();
  }

  answer(call: number, message: CallMessage<unknown>): void {
    this.#calls.get(call)?.port.postMessage(message);
    if (isLast(message)) this.#forget(call);
  }

  /** Tells everybody who waits that the leader computes no longer. */
  end(why: string): void {
    if (this.gone.aborted) return;
    const reason = leaderGone(why);
    this.#gone.abort(reason);
    for (const call of [...this.#calls.keys()]) this.answer(call, { type: 'error', error: encodeError(reason) });
  }

  #forget(call: number): void {
    const known = this.#calls.get(call);
    this.#calls.delete(call);
    known?.ended();
    if (this.#calls.size > 0) return;
    this.#silence?.end();
    this.#silence = null;
    clearInterval(this.#pings);
  }

  #watch(): void {
    if (this.#silence) return;
    const { id, leader, channel, passOverMs, onPassedOver } = this.#options;
    this.#silence = watchSilence({
      limitMs: passOverMs,
      onSilent: () => {
        onPassedOver();
        this.end('it answers no longer, as a tab that the browser has frozen');
      },
    });
    const ping = () => channel.postMessage({ type: 'ping', from: id, to: leader });
    this.#pings = setInterval(ping, passOverMs / pingsPerPassOver);
  }
}
