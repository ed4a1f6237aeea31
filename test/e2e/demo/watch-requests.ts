import type { BrowserContext } from '@playwright/test';

export interface WatchedRequests {
  /** `METHOD URL`, in the order in which they were made. */
  readonly all: readonly string[];
  /** Those that fetched bytes of weights. */
  weights(): readonly string[];
  /** Those that asked the relay for anything. */
  relay(): readonly string[];
  /** Those to another origin than `url`'s; `data:` and `blob:` never leave the browser. */
  foreign(url: string): readonly string[];
  /** Forgets what was seen so far. */
  clear(): void;
}

/** Sees every request of the pages of a context and of their workers, where the browser makes it. */
export function watchRequests(context: BrowserContext): WatchedRequests {
  const all: string[] = [];
  context.on('request', (request) => all.push(`${request.method()} ${request.url()}`));
  const urlOf = (entry: string) => new URL(entry.slice(entry.indexOf(' ') + 1));
  return {
    all,
    weights: () => all.filter((entry) => /^\/orilla\/v1\/models\/[^/]+\/files\//.test(urlOf(entry).pathname)),
    relay: () => all.filter((entry) => urlOf(entry).pathname.startsWith('/v1/')),
    foreign: (url) =>
      all.filter((entry) => {
        const { origin, protocol } = urlOf(entry);
        return origin !== url && protocol !== 'data:' && protocol !== 'blob:';
      }),
    clear: () => {
      all.length = 0;
    },
  };
}
