import type { DownloadPriority, EncodedError, LoadProgress } from '@orilla/contract';

/** What the tabs tell each other about packages. */
export type PackageNews =
  /** From the one tab that downloads it. */
  | { readonly type: 'progress'; readonly id: string; readonly progress: LoadProgress }
  /** Nobody there downloads it any more, for whatever reason. */
  | { readonly type: 'ended'; readonly id: string }
  /** So did an attempt to download it that nobody ended: why. */
  | { readonly type: 'failed'; readonly id: string; readonly error: EncodedError }
  /** Whoever downloads it has noted that it is paused. */
  | { readonly type: 'paused'; readonly id: string }
  /** What is stored of it, or said of it, is not what it was. */
  | { readonly type: 'changed'; readonly id: string }
  /** Whoever downloads it stops. */
  | { readonly type: 'pause'; readonly id: string }
  /** Somebody wants it: whoever downloads it goes on, and not less urgently than this. */
  | { readonly type: 'resume'; readonly id: string; readonly priority: DownloadPriority }
  /** It is about to be removed: whoever began before, in milliseconds since the Unix epoch, to download it or to wait for it, ends. */
  | { readonly type: 'remove'; readonly id: string; readonly atMs: number }
  /** Somebody is about to make it complete in another way: whoever downloads it lets go of its lock, and asks for it again. */
  | { readonly type: 'step-aside'; readonly id: string }
  /** Asks whoever downloads something how far it is. */
  | { readonly type: 'ask' };

export const channelName = 'orilla-weights';

/** A BroadcastChannel, as far as it is used here. */
export type Broadcast = Pick<BroadcastChannel, 'postMessage' | 'addEventListener'>;

/** Brings news to every tab, this one included, so that nothing needs to be done in two ways. */
export class PackageChannel {
  readonly #broadcast: Broadcast | null;
  readonly #listeners = new Set<(news: PackageNews) => void>();

  constructor(broadcast: Broadcast | null) {
    this.#broadcast = broadcast;
    broadcast?.addEventListener('message', ({ data }: MessageEvent<PackageNews>) => this.#pass(data));
  }

  /** Here it is told before this returns. */
  tell(news: PackageNews): void {
    this.#broadcast?.postMessage(news);
    this.#pass(news);
  }

  /** Gives the function that ends it. */
  listen(listener: (news: PackageNews) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #pass(news: PackageNews): void {
    for (const listener of [...this.#listeners]) listener(news);
  }
}
