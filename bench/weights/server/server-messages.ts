import type { BenchChild } from '../../process/bench-child.ts';
import type { Weights } from '../../weights-page/weights.ts';

export interface ServerReady {
  readonly origin: string;
  readonly weights: Weights;
}

/** `pace`: bytes of weights in a second from now on. `cut`: answered once so many bytes of weights were sent and the line is cut. `mend`: takes connections again, and counts from nothing. */
export type ServerQuestion =
  | { readonly type: 'cut'; readonly afterBytes: number }
  | { readonly type: 'mend' }
  | { readonly type: 'pace'; readonly bytesPerSecond: number | null }
  | { readonly type: 'count' };

export interface ServerAnswer {
  /** Of weights, since the start or the last `mend`. */
  readonly sentBytes: number;
}

export type WeightsServerChild = BenchChild<ServerReady, ServerQuestion, ServerAnswer>;
