import type { PeerModel, Question } from '../page-bench.ts';

export type BareRequest =
  | { readonly type: 'open'; readonly model: PeerModel }
  | { readonly type: 'ask'; readonly question: Question };

/** To an `open`: `done` or `failed`. To an `ask`: a `token` each, with the time at which the engine had it, and then the same. */
export type BareAnswer =
  | { readonly type: 'token'; readonly text: string; readonly atMs: number }
  | { readonly type: 'done' }
  | { readonly type: 'failed'; readonly message: string };
