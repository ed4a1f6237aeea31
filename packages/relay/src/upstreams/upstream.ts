import { type Dispatcher, Pool } from 'undici';
import type { LimitsConfig, UpstreamConfig } from '../config/relay-config.ts';
import { type UpstreamKind, upstreamKinds } from './upstream-kinds.ts';

/** How long an upstream that could not be connected to is left alone, in milliseconds. */
const downMs = 2_000;
const connectTimeoutMs = 5_000;

export interface UpstreamOptions {
  readonly limits: Pick<LimitsConfig, 'upstreamHeadersTimeoutMs' | 'upstreamIdleTimeoutMs'>;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
}

/** A model server as the relay uses it: its connections, and whether it is worth trying. */
export class Upstream {
  readonly config: UpstreamConfig;
  readonly kind: UpstreamKind;
  readonly #options: UpstreamOptions;
  readonly #basePath: string;
  /** Headers that go with every request. */
  readonly #headers: readonly string[];
  #pool: Pool | null = null;
  #downUntilMs = Number.NEGATIVE_INFINITY;

  constructor(config: UpstreamConfig, options: UpstreamOptions) {
    this.config = config;
    this.kind = upstreamKinds[config.kind];
    this.#options = options;
    this.#basePath = `${config.url?.pathname.replace(/\/+$/, '') ?? ''}${this.kind.basePath}`;
    this.#headers = [
      'content-type',
      'application/json',
      ...(config.apiKey === undefined ? [] : ['authorization', `Bearer ${config.apiKey}`]),
    ];
    if (config.url) this.#pool = this.#newPool(config.url.origin);
  }

  /** Whether a request may be sent: it is there, and did not refuse a connection a moment ago. */
  get isUp(): boolean {
    return this.#pool !== null && this.#options.now() >= this.#downUntilMs;
  }

  /** Whole seconds until it is tried again. */
  get secondsUntilRetry(): number {
    return Math.max(1, Math.ceil((this.#downUntilMs - this.#options.now()) / 1000));
  }

  markDown(): void {
    this.#downUntilMs = this.#options.now() + downMs;
  }

  /** Reaches a launched upstream on its unix domain socket from now on. */
  connectTo(socketPath: string): void {
    this.disconnect();
    this.#pool = this.#newPool('http://localhost', socketPath);
    this.#downUntilMs = Number.NEGATIVE_INFINITY;
  }

  /** Forgets how to reach it; what is in flight fails. */
  disconnect(): void {
    void this.close();
  }

  /** Ends its connections, also those in use. */
  async close(): Promise<void> {
    const pool = this.#pool;
    this.#pool = null;
    await pool?.destroy();
  }

  /** Sends a request to one of its OpenAI endpoints, e.g. `/chat/completions`. Needs `isUp`. */
  dispatch(
    endpointPath: string,
    request: { readonly body: string; readonly accept: string; readonly requestId: string },
    handler: Dispatcher.DispatchHandler,
  ): void {
    if (!this.#pool) throw new Error('An upstream that is not connected was asked.');
    const { body, accept, requestId } = request;
    const headers = [...this.#headers, 'accept', accept, 'x-request-id', requestId];
    this.#pool.dispatch({ path: this.#basePath + endpointPath, method: 'POST', headers, body }, handler);
  }

  #newPool(origin: string, socketPath?: string): Pool {
    const { limits } = this.#options;
    return new Pool(origin, {
      // Aborting must close the connection, which in HTTP/2 belongs to other requests too.
      allowH2: false,
      pipelining: 1,
      headersTimeout: limits.upstreamHeadersTimeoutMs,
      bodyTimeout: limits.upstreamIdleTimeoutMs,
      connect: { timeout: connectTimeoutMs, ...(socketPath !== undefined && { socketPath }) },
    });
  }
}
