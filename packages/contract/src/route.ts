import type { EngineName, Feature } from './engine.ts';
import type { ErrorCode } from './error-codes.ts';
import type { PrivacyLabel } from './privacy.ts';

export type Place = 'device' | 'relay';

/** How many tokens a prompt has: counted, or bounded from above (the UTF-8 length bounds it for byte-level BPE). */
export type PromptTokens = { readonly exact: number } | { readonly upperBound: number };

/** Why a request went where it went, in the order the rules were asked. */
export type RouteReason =
  | { readonly rule: 'privacy'; readonly verdict: 'device-only'; readonly label: PrivacyLabel }
  | { readonly rule: 'privacy'; readonly verdict: 'relay-allowed'; readonly label: PrivacyLabel }
  | { readonly rule: 'capability'; readonly verdict: 'no-device-package' }
  | { readonly rule: 'capability'; readonly verdict: 'device-unavailable'; readonly missing: string }
  | { readonly rule: 'capability'; readonly verdict: 'unsupported'; readonly feature: Feature }
  /** The package is made for something else than what is asked. */
  | { readonly rule: 'capability'; readonly verdict: 'other-task'; readonly task: 'chat' | 'embedding' }
  /** The engine failed here again and again, and is left alone for a while. */
  | {
      readonly rule: 'capability';
      readonly verdict: 'set-aside';
      readonly engine: EngineName;
      readonly code: ErrorCode;
    }
  /** It was begun on the device, which failed before the first token. */
  | { readonly rule: 'capability'; readonly verdict: 'device-failed'; readonly code: ErrorCode }
  | { readonly rule: 'capability'; readonly verdict: 'no-relay' }
  | { readonly rule: 'capability'; readonly verdict: 'can-run' }
  | {
      readonly rule: 'fit';
      readonly verdict: 'fits' | 'too-large';
      readonly needBytes: number;
      readonly haveBytes: number;
    }
  | {
      readonly rule: 'context';
      readonly verdict: 'fits' | 'too-long';
      readonly promptTokens: PromptTokens;
      readonly maxTokens: number;
      readonly contextLength: number;
    }
  /** Of the packages that were measured here and can run the request, this one is expected to answer first, the next one in `nextMs`. */
  | {
      readonly rule: 'speed';
      readonly verdict: 'fastest';
      readonly expectedMs: number;
      readonly nextMs: number;
    }
  /** Another one is faster, but not by as much as opening it would cost. */
  | {
      readonly rule: 'speed';
      readonly verdict: 'kept-open';
      readonly expectedMs: number;
      readonly fastestMs: number;
    };

/** A decision: the place, the model's name there, and the reasons in order. */
export type Route =
  | {
      readonly place: 'device';
      readonly model: string;
      readonly packageId: string;
      readonly reasons: readonly RouteReason[];
    }
  | { readonly place: 'relay'; readonly model: string; readonly reasons: readonly RouteReason[] };
