import type { DevicePackage } from '@orilla/core';

/** The same bytes, as ours and the peers ask for them. */
export interface Weights {
  readonly bytes: number;
  /** Of ours. */
  readonly chunkBytes: number;
  /** Ours. */
  readonly pkg: DevicePackage;
  /** All in one file, whose name ends as wllama wants it. */
  readonly fileUrl: string;
  /** A folder in MLC's form. */
  readonly webLlmUrl: string;
}

/** Whose stores are measured beside ours. */
export const peerNames = ['webLlm', 'wllama', 'cacheApi'] as const;
export type PeerName = (typeof peerNames)[number];
export type SideName = 'ours' | PeerName;
