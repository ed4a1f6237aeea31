import type { LimitsConfig, MirrorLimitsConfig } from './relay-config.ts';

/** Bounds that hold where the configuration says nothing else. */
export const defaultLimits: LimitsConfig = {
  // Room for a few pictures as data: URLs; a prompt of 128,000 tokens takes about half a megabyte.
  bodyBytes: 10 * 1024 * 1024,
  jsonDepth: 32,
  headerTimeoutMs: 10_000,
  bodyTimeoutMs: 30_000,
  connections: 1_024,
  // An answer that isn't streamed has its headers only once it is complete.
  upstreamHeadersTimeoutMs: 300_000,
  upstreamIdleTimeoutMs: 120_000,
  // Orchestrators kill after 30 s: be done before.
  drainTimeoutMs: 25_000,
};

/** A page that fetches six ranges of 8 MiB at a time over 1 Gbit/s makes 900 requests a minute. */
export const defaultMirrorLimits: MirrorLimitsConfig = {
  // Several pages of one office share an address.
  requestsPerMinute: 6_000,
  transfersPerClient: 64,
  // Most of the relay's connections stay free for answers.
  transfers: 256,
  proxies: [],
};
