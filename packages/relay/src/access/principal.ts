import type { Privacy } from '@orilla/contract';

/** On whose behalf a request is made. */
export interface Principal {
  /** The key's name, never the key; `null` where the relay has no keys or the route needs none. */
  readonly name: string | null;
  /** The furthest that requests may travel. */
  readonly ceiling: Privacy;
  /** What a request without a label gets; never wider than the ceiling. */
  readonly default: Privacy;
  /** Keeps one principal's prompts apart from another's in an upstream's prefix cache. */
  readonly cacheSalt: string;
}
