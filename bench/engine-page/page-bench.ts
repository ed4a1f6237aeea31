import type { Backend, DevicePackage, LoadResult } from '@orilla/core';

/** What is asked of all sides, greedily. */
export interface Question {
  /** The message before the prompt, begun anew in each question, so that no side has any of it computed already. */
  readonly system: string;
  readonly prompt: string;
  readonly tokens: number;
}

/** One answer as its caller saw it. */
export interface Run {
  /** As the engine counts them. */
  readonly tokens: number;
  /** Tokens of the prompt that were computed, in the time until the first token of the answer was there. */
  readonly promptTokensPerSecond: number;
  /** From the first token to the last. */
  readonly tokensPerSecond: number;
}

/** One answer through Orilla, with the time that each token took after the engine had it, in milliseconds. */
export interface OwnRun extends Run {
  /** Its first piece of text is one whole token, which every side tells as soon as it has it. */
  readonly beginsWithWholeToken: boolean;
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

export const peerNames = ['wllama', 'webLlm', 'transformers'] as const;
export type PeerName = (typeof peerNames)[number];

/** The same model, as a peer asks for it. */
export interface PeerModel {
  readonly peer: PeerName;
  readonly backend: Backend;
  /** Where its files are: of wllama the file itself. */
  readonly url: string;
  /** As Orilla opened it. */
  readonly contextLength: number;
  readonly threads: number;
}

/** What the bench calls in the page, one call at a time. */
export interface PageBench {
  /** Loads the package through Orilla, and tells how it was opened. */
  open(pkg: DevicePackage): Promise<LoadResult>;
  /** Opens the same model, in the same way, in a library of the page's own. @returns what it is, for people */
  openPeer(model: PeerModel): Promise<string>;
  /** The same wllama once more, in a plain worker. */
  openBare(model: PeerModel): Promise<void>;
  ask(question: Question): Promise<OwnRun>;
  askPeer(question: Question): Promise<Run>;
  askBare(question: Question): Promise<BareRun>;
}

declare global {
  interface Window {
    pageBench: PageBench;
  }
}
