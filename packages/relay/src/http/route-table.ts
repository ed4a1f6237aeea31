import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ErrorCode } from '@orilla/contract';
import type { Principal } from '../access/principal.ts';

/** What the log will tell about a request, filled in as it becomes known. */
export interface ExchangeNote {
  upstream: string | null;
  upstreamStatus: number | null;
  code: ErrorCode | null;
}

/** One request and its answer, as a handler sees them: the guards have let it in. */
export interface Exchange {
  /** Names the request in the log, in `Orilla-Request-Id` and in the receipt. */
  readonly id: string;
  readonly request: IncomingMessage;
  /** Carries `headers` already, where the route does not write its own heads. */
  readonly response: ServerResponse;
  /** What every answer carries, the request id and the CORS headers, as names and values in turn. */
  readonly headers: string[];
  /** What follows the prefix in a route that ends in `/*`, still percent-encoded, without the query; else empty. */
  readonly rest: string;
  /** The query, with its `?`, or empty. */
  readonly query: string;
  readonly principal: Principal;
  readonly note: ExchangeNote;
}

/** Answers one request. An `OrillaError` that it throws, before it has begun to answer, becomes the answer in OpenAI's shape. */
export type Handler = (exchange: Exchange) => void | Promise<void>;

/** A line of the static table: what is not in it does not exist. */
export interface Route {
  /** A `GET` route answers `HEAD` too. */
  readonly method: 'GET' | 'POST';
  /** Exact, or a prefix that ends in `/*`. The longest one that matches wins. */
  readonly path: string;
  /**
   * `key`: needs an API key where the relay has keys. `open`: gives nothing away and needs none. `probe`: open, and
   * answered under any `Host` and also where the relay takes no more requests: an orchestrator knows no name of it, and
   * must not take one under load for a dead one.
   */
  readonly access: 'key' | 'open' | 'probe';
  /** The handler writes the exchange's `headers` itself, which is faster: for routes that are asked all the time. */
  readonly writesHeaders?: boolean;
  readonly handle: Handler;
}

/** The routes of one path, by method, and what the path has beyond their prefix. */
export interface PathMatch {
  readonly routes: readonly Route[];
  readonly rest: string;
}

/** Finds the routes of a path, or `null`. */
export type RouteTable = (path: string) => PathMatch | null;

/** Paths of the relay's own, which a page served at `/*` never answers for. */
export function isApiPath(path: string): boolean {
  return path.startsWith('/v1/') || path.startsWith('/orilla/');
}

/** Builds the lookup. A path is compared as it was sent: what is spelled in another way is another path. */
export function createRouteTable(routes: readonly Route[]): RouteTable {
  const byPath = Map.groupBy(routes, (route) => route.path);
  const exact = new Map([...byPath].map(([path, group]): [string, PathMatch] => [path, { routes: group, rest: '' }]));
  const prefixes = [...byPath]
    .flatMap(([path, group]) => (path.endsWith('/*') ? [{ prefix: path.slice(0, -1), routes: group }] : []))
    .toSorted((a, b) => b.prefix.length - a.prefix.length);
  return (path) => {
    const match = path.endsWith('/*') ? undefined : exact.get(path);
    if (match) return match;
    for (const { prefix, routes: group } of prefixes) {
      if (!path.startsWith(prefix) || (prefix === '/' && isApiPath(path))) continue;
      return { routes: group, rest: path.slice(prefix.length) };
    }
    return null;
  };
}
