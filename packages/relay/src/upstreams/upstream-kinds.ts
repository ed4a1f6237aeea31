import type { UpstreamKindName } from '../config/relay-config.ts';

/** What differs between kinds of model server. */
export interface UpstreamKind {
  /** Where OpenAI's API begins, below the upstream's base address. */
  readonly basePath: string;
  /** Has a shared prefix cache that `cache_salt` divides. */
  readonly takesCacheSalt: boolean;
  /** Gives embeddings as base64 on request; from the others the relay asks for floats and converts. */
  readonly givesBase64: boolean;
}

export const upstreamKinds = {
  vllm: {
    basePath: '/v1',
    takesCacheSalt: true,
    givesBase64: true,
  },
  embedded: {
    basePath: '/v1',
    takesCacheSalt: false,
    givesBase64: false,
  },
  openai: {
    basePath: '/v1',
    takesCacheSalt: false,
    givesBase64: false,
  },
} satisfies Record<UpstreamKindName, UpstreamKind>;
