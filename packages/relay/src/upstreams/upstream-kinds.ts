import type { UpstreamKindName } from '../config/relay-config.ts';

/** What differs between kinds of model server. */
export interface UpstreamKind {
  /** Where OpenAI's API begins, below the upstream's base address. */
  readonly basePath: string;
  /** Answers 200 when the server can work. `null` where the kind has no such path that every server of it serves. */
  readonly healthPath: string | null;
  /** Prometheus text. */
  readonly metricsPath: string | null;
  /** Has a shared prefix cache that `cache_salt` divides. */
  readonly takesCacheSalt: boolean;
  /** Gives embeddings as base64 on request; from the others the relay asks for floats and converts. */
  readonly givesBase64: boolean;
}

export const upstreamKinds = {
  vllm: {
    basePath: '/v1',
    healthPath: '/health',
    metricsPath: '/metrics',
    takesCacheSalt: true,
    givesBase64: true,
  },
  embedded: {
    basePath: '/v1',
    healthPath: '/health',
    metricsPath: null,
    takesCacheSalt: false,
    givesBase64: false,
  },
  openai: {
    basePath: '/v1',
    healthPath: null,
    metricsPath: null,
    takesCacheSalt: false,
    givesBase64: false,
  },
} satisfies Record<UpstreamKindName, UpstreamKind>;
