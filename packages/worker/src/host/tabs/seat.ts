import type { DoWork } from './engine-work.ts';

/** Where this tab's calls are computed: here, or by the tab that leads. */
export interface Seat {
  /** Aborts, with what to tell, when it computes no longer. */
  readonly gone: AbortSignal;
  readonly start: DoWork;
}
