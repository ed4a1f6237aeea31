import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Principal } from '../access/principal.ts';

/** One request and its answer, as a handler sees them: the guards have let it in. */
export interface Exchange {
  /** Names the request in the log, in `Orilla-Request-Id` and in the receipt. */
  readonly id: string;
  readonly request: IncomingMessage;
  /** Carries the request id and the CORS headers already. */
  readonly response: ServerResponse;
  /** What follows the prefix in a route that ends in `/*`, still percent-encoded, without the query; else empty. */
  readonly rest: string;
  /** The query, with its `?`, or empty. */
  readonly query: string;
  readonly principal: Principal;
}

/** Answers one request. An `OrillaError` that it throws, before it has begun to answer, becomes the answer in OpenAI's shape. */
export type Handler = (exchange: Exchange) => void | Promise<void>;

/** A line of the static table: what is not in it does not exist. */
export interface Route {
  /** A `GET` route answers `HEAD` too. */
  readonly method: 'GET' | 'POST';
  /** Exact, or a prefix that ends in `/*`. The longest one that matches wins. */
  readonly path: string;
  /** `key`: needs an API key where the relay has keys. `open`: gives nothing away and needs none. */
  readonly access: 'key' | 'open';
  readonly handle: Handler;
}
