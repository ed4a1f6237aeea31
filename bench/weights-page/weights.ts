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
/** Ours keeps weights in IndexedDB by default, or in OPFS; in the same store, so that one of them is emptied before the other one runs. */
export const ownNames = ['ours', 'oursOpfs'] as const;
export type OwnName = (typeof ownNames)[number];
export type SideName = OwnName | PeerName;
