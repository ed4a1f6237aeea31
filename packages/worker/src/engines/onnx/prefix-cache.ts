import type { KvCache } from './kv-cache.ts';

export interface PrefixCacheOptions {
  /** Conversations whose caches are kept; the one that was used longest ago goes first. */
  readonly most: number;
}

interface Conversation {
  readonly tokens: readonly number[];
  readonly kv: KvCache;
}

/** Keeps what was computed of the last conversations, so that the next turn, or another talk under the same instructions, begins behind it. */
export class PrefixCache {
  readonly #most: number;
  /** The last one was used last. */
  #conversations: Conversation[] = [];

  constructor({ most }: PrefixCacheOptions) {
    this.#most = most;
  }

  get size(): number {
    return this.#conversations.length;
  }

  /** The cache that shares the most tokens with these from the beginning on, and how many. It is still the cache's own: hold it. */
  find(tokens: readonly number[]): { readonly kv: KvCache; readonly length: number } | null {
    let found: { conversation: Conversation; length: number } | null = null;
    for (const conversation of this.#conversations) {
      const length = sharedLength(conversation.tokens, tokens);
      if (length > (found?.length ?? 0)) found = { conversation, length };
    }
    if (!found) return null;
    const { conversation, length } = found;
    this.#conversations = [...this.#conversations.filter((other) => other !== conversation), conversation];
    return { kv: conversation.kv, length };
  }

  /** Takes a cache over, with the tokens that it was computed from. It takes the place of what it goes on from. */
  keep(tokens: readonly number[], kv: KvCache): void {
    const goesOn = (other: Conversation) => sharedLength(other.tokens, tokens) === other.tokens.length;
    const stays = this.#conversations.filter((other) => !goesOn(other));
    const goes = this.#conversations.filter(goesOn);
    this.#conversations = [...stays, { tokens, kv }];
    while (this.#conversations.length > this.#most) goes.push(...this.#conversations.splice(0, 1));
    for (const other of goes) other.kv.release();
  }

  clear(): void {
    for (const { kv } of this.#conversations) kv.release();
    this.#conversations = [];
  }
}

function sharedLength(one: readonly number[], other: readonly number[]): number {
  const most = Math.min(one.length, other.length);
  for (let at = 0; at < most; at += 1) if (one[at] !== other[at]) return at;
  return most;
}
