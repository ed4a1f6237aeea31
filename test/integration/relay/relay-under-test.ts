import { createHash } from 'node:crypto';
import { defaultPrivacy, type Privacy } from '@orilla/contract';
import {
  createJsonLogger,
  type KeyConfig,
  type RelayConfig,
  type RelayOptions,
  startRelay,
  type UpstreamConfig,
} from '@orilla/relay';
import { expect, onTestFinished } from 'vitest';

export interface RelayUnderTest {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly port: number;
  /** Everything that was logged until now. */
  readonly logText: () => string;
  readonly ready: Promise<void>;
  readonly close: () => Promise<void>;
}

/** What a test says about its relay; the rest is as in a small configuration for this machine only. */
export interface TestConfig {
  readonly upstreams?: readonly (Partial<UpstreamConfig> & { readonly name: string })[];
  readonly models?: RelayConfig['models'];
  readonly keys?: readonly KeyConfig[];
  readonly origins?: readonly string[];
  readonly limits?: Partial<RelayConfig['limits']>;
  readonly privacy?: RelayConfig['privacy'];
  readonly listen?: RelayConfig['listen'];
  readonly mirror?: RelayConfig['mirror'];
}

const limits: RelayConfig['limits'] = {
  bodyBytes: 1024 * 1024,
  jsonDepth: 32,
  headerTimeoutMs: 10_000,
  bodyTimeoutMs: 10_000,
  connections: 256,
  upstreamHeadersTimeoutMs: 30_000,
  upstreamIdleTimeoutMs: 30_000,
  drainTimeoutMs: 2_000,
};

/** A real relay on a free port, closed when the test ends. */
export async function startTestRelay(
  config: TestConfig = {},
  options: Partial<RelayOptions> = {},
): Promise<RelayUnderTest> {
  const lines: string[] = [];
  const upstreams = (config.upstreams ?? []).map(
    (upstream): UpstreamConfig => ({
      kind: 'openai',
      url: null,
      zone: 'on-premises',
      region: undefined,
      apiKey: undefined,
      embedded: undefined,
      ...upstream,
    }),
  );
  const everywhere = upstreams.map(({ name }) => ({ upstream: name, model: 'model-there' }));
  const relay = await startRelay(
    {
      listen: config.listen ?? { host: '127.0.0.1', port: 0 },
      hosts: [],
      access: { keys: config.keys ?? [], cors: { origins: config.origins ?? [] } },
      upstreams,
      models: config.models ?? [{ name: 'model-here', upstreams: everywhere, contextLength: 4096 }],
      limits: { ...limits, ...config.limits },
      privacy: config.privacy ?? { ceiling: defaultPrivacy, default: defaultPrivacy },
      mirror: config.mirror,
      app: undefined,
      catalog: undefined,
    },
    { logger: createJsonLogger((line) => lines.push(line)), ...options },
  );
  onTestFinished(() => relay.close());
  const { port } = relay.address;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    logText: () => lines.join(''),
    ready: relay.ready,
    close: () => relay.close(),
  };
}

/** A key as the configuration holds it. */
export function testKey(
  name: string,
  key: string,
  privacy: Partial<Record<'ceiling' | 'default', Privacy>> = {},
): KeyConfig {
  const sha256 = createHash('sha256').update(key).digest();
  return { name, sha256, ceiling: defaultPrivacy, default: defaultPrivacy, ...privacy };
}

/** Waits for a condition as long as a busy machine may need. */
export function eventually<T>(read: () => T, options: { readonly interval?: number } = {}) {
  return expect.poll(read, { timeout: 15_000, ...options });
}

/** The body of a small chat. */
export const chatBody = {
  model: 'model-here',
  messages: [{ role: 'user', content: 'What is the capital of France?' }],
};

/** POSTs JSON to a relay. */
export function postJson(url: string, body: unknown, init: RequestInit = {}): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    body: JSON.stringify(body),
    ...init,
    headers: { 'content-type': 'application/json', ...init.headers },
  });
}
