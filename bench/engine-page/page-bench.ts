import type { DevicePackage, LoadResult } from '@orilla/core';

/** What is asked of both sides, greedily. */
export interface Question {
  readonly prompt: string;
  readonly tokens: number;
}

/** One answer as its caller saw it. */
export interface Run {
  /** As the engine counts them. */
  readonly tokens: number;
  /** From the first token to the last. */
  readonly tokensPerSecond: number;
}

/** One answer through Orilla, with the time that each token took after the engine had it, in milliseconds. */
export interface OwnRun extends Run {
  /** From the engine, in the worker, to the token event in the page. */
  readonly toPageMs: readonly number[];
  /** From the engine to the chunk that the caller gets. */
  readonly toCallerMs: readonly number[];
}

/** One answer of an engine in a worker that does nothing but pass it on. */
export interface BareRun {
  /** From the engine, in the worker, to the page, in milliseconds. */
  readonly toCallerMs: readonly number[];
}

/** What the bench calls in the page, one call at a time. */
export interface PageBench {
  /** Loads the package through Orilla, and tells how it was opened. */
  open(pkg: DevicePackage): Promise<LoadResult>;
  /** Opens the same file, in the same way, in a wllama of the page's own, and in one in a plain worker. */
  openPeers(fileUrl: string, loaded: LoadResult): Promise<void>;
  ask(question: Question): Promise<OwnRun>;
  askPeer(question: Question): Promise<Run>;
  askBare(question: Question): Promise<BareRun>;
}

declare global {
  interface Window {
    pageBench: PageBench;
  }
}
