import type { DeviceFacts, DevicePackage, Feature, Privacy, PromptTokens, Route, RouteReason } from '@orilla/contract';

/** All that a decision may look at. Nothing here is content. */
export interface RouteQuestion {
  readonly privacy: Privacy;
  /** What the request needs beyond plain text. */
  readonly needs: readonly Feature[];
  readonly promptTokens: PromptTokens;
  /** Tokens that the answer may take. */
  readonly maxTokens: number;
  /** What the device can do; `null` where this app or browser has no device way, `deviceMissing` says what is missing. */
  readonly device: DeviceFacts | null;
  readonly deviceMissing?: string;
  /** The model's packages for the device, best first. */
  readonly packages: readonly DevicePackage[];
  /** The model's name at the relay; `null` where there is no relay, or it does not serve the model. */
  readonly relayModel: string | null;
  /** Whether an exact count can still be had where `promptTokens` is only a bound. */
  readonly canCount: boolean;
  /** The package that is in memory, by its id. */
  readonly openPackage?: string | null;
  /** Milliseconds since the Unix epoch; without it, an engine that is set aside stays so. */
  readonly nowMs?: number;
}

export type RouteDecision =
  | { readonly verdict: 'go'; readonly route: Route }
  /** The bound does not settle it: count the prompt for this package, then ask again. */
  | { readonly verdict: 'count-first'; readonly package: DevicePackage }
  | { readonly verdict: 'nowhere'; readonly reasons: readonly RouteReason[] };

/** What a rule says of one package: a reason to go on with, or one against it. */
export interface SettledVerdict {
  readonly kind: 'pass' | 'fail';
  readonly reason: RouteReason;
}

/** The same, or that it needs the exact count. */
export type RuleVerdict = SettledVerdict | { readonly kind: 'count-first' };
