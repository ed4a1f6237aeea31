import type { PeerName, Weights } from '../weights.ts';

/** The worker's calls, over comlink. Times in milliseconds, taken in the worker. */
export interface PeerWorker {
  /** Loads a peer's code. To be called first. */
  start(name: PeerName, weights: Weights): Promise<void>;
  download(name: PeerName): Promise<number>;
  open(name: PeerName): Promise<number>;
  empty(name: PeerName): Promise<void>;
  /** Reads a Blob to its end, piece by piece; gives how many bytes it had. */
  readBlob(blob: Blob): Promise<number>;
  /** SHA-256 of every chunk alone, without what it takes to fetch them. */
  hash(weights: Weights): Promise<number>;
}
