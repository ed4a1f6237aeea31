import type { SideName, Weights } from './weights.ts';

/** What the bench calls in the page, one call at a time. Times in milliseconds. */
export interface PageBench {
  /** Starts what a side needs to run, so that this is not what is measured. To be called first. */
  start(side: SideName, weights: Weights): Promise<void>;
  download(side: SideName): Promise<number>;
  open(side: SideName): Promise<number>;
  empty(side: SideName): Promise<void>;
  /** SHA-256 of every chunk, in a worker that has them in memory. */
  hash(weights: Weights): Promise<number>;
}

declare global {
  interface Window {
    weightsBench: PageBench;
  }
}
