import type { LooseConfig } from '../loose-config.ts';
import type { Finding } from '../problem.ts';

/** What rules may look at beside the configuration itself. */
export interface RuleContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute folder that relative paths of the configuration start from. */
  readonly folder: string;
  readonly signal?: AbortSignal | undefined;
}

/** Something that must hold between several parts of a configuration, or between it and the machine. */
export type Rule = (config: LooseConfig, context: RuleContext) => readonly Finding[] | Promise<readonly Finding[]>;
