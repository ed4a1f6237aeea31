import type { Backend, ChatMessage, DevicePackage, LoadResult, ReceiptPart } from '@orilla/contract';
import type { PeerModel } from '../engine-page/page-bench.ts';

/** What is asked of a side, greedily. */
export interface Asked {
  readonly messages: readonly ChatMessage[];
  /** Of the answer. */
  readonly tokens: number;
}

/** One answer as its caller saw it. Times in milliseconds from asking. */
export interface Told {
  readonly text: string;
  /** As the engine counts them. */
  readonly tokens: number;
  /** When each piece of text came. */
  readonly atMs: readonly number[];
}

export interface OwnTold extends Told {
  /** Where it was computed, in order. */
  readonly parts: readonly ReceiptPart[];
  readonly promptTokens: number;
  /** Of these, what was computed before. */
  readonly cachedTokens: number;
}

/** When an answer is aborted: behind this many pieces of its text, where it says so, and then after some time. */
export interface AbortMoment {
  readonly afterPieces: number;
  readonly delayMs: number;
}

/** How long the question behind an aborted answer waited for its first token, from the abort on; `null` where the answer was over before. */
export type FreedMs = number | null;

/** What the bench calls in the page, one call at a time. A page has one side. */
export interface BehaviourPage {
  /** Loads the package through Orilla. */
  open(pkg: DevicePackage, backend: Backend): Promise<LoadResult>;
  ask(asked: Asked): Promise<OwnTold>;
  /** Aborts an answer and asks something else at once. */
  abort(asked: Asked, moment: AbortMoment, next: Asked): Promise<FreedMs>;
  /** Milliseconds that the calibration of the open package takes, which was not done before. */
  calibrate(): Promise<number>;
  /** Opens a peer in a worker; once more: anew, in the same worker or in another one. */
  openPeer(model: PeerModel, where: 'same-worker' | 'new-worker'): Promise<void>;
  askPeer(asked: Asked): Promise<Told>;
  /** The most that its worker had at once. */
  peerGpuBufferBytes(): Promise<number>;
}

declare global {
  interface Window {
    behaviourBench: BehaviourPage;
  }
}
