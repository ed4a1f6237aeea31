import type { Backend, EngineName } from './engine.ts';
import type { Privacy, Zone } from './privacy.ts';
import type { RouteReason } from './route.ts';
import type { FinishReason, Usage } from './wire.ts';

/** A stretch of an answer that was computed in one place. */
export type ReceiptPart =
  | {
      readonly place: 'device';
      readonly engine: EngineName;
      readonly backend: Backend;
      readonly packageId: string;
      readonly tokens: number;
      readonly threads: number;
      readonly gpuLayers?: { readonly offloaded: number; readonly total: number };
    }
  /** What the relay attests: the operator's word, not a proof. */
  | {
      readonly place: 'relay';
      readonly model: string;
      readonly zone: Zone | null;
      readonly upstream?: string;
      readonly tokens: number;
    };

/** What happened to one request, without content. */
export interface Receipt {
  readonly requestId: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly privacy: Privacy;
  readonly reasons: readonly RouteReason[];
  /** In the order of the answer; more than one only where it was handed off. */
  readonly parts: readonly ReceiptPart[];
  readonly usage: Usage | null;
  readonly finishReason: FinishReason | null;
}
