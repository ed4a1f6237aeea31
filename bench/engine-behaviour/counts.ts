import type { BenchOptions } from '../command/bench-options.ts';

export const turnsPerConversation = 10;
/** Of an answer in a conversation. */
export const tokensPerAnswer = 6;

/** How often everything is done for one subject. */
export interface Counts {
  /** After one that is not measured. */
  readonly conversations: number;
  /** While an answer comes. */
  readonly decodeAborts: number;
  /** While a long prompt is computed. */
  readonly prefillAborts: number;
  readonly losses: number;
}

/** As many as `pairs` asks for, as long as all of it takes minutes. */
export function countsFor({ pairs }: Pick<BenchOptions, 'pairs'>): Counts {
  return {
    conversations: Math.min(pairs, 4),
    decodeAborts: Math.min(2 * pairs, 20),
    prefillAborts: Math.min(pairs, 10),
    losses: Math.min(pairs, 3),
  };
}
