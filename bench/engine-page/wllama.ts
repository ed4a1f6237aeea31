import * as published from '@wllama/wllama/esm/index.js';
import type { WireUsage } from './answer-meter.ts';

/** What the bench uses of wllama. */
export interface Wllama {
  /** Asks for no other build of the WASM than the one given. */
  setCompat(compat: null): void;
  loadModel(files: readonly Blob[], params: Readonly<Record<string, number | boolean>>): Promise<void>;
  getNumThreads(): number;
  createChatCompletion(request: {
    readonly messages: readonly { readonly role: 'system' | 'user' | 'assistant'; readonly content: string }[];
    readonly temperature: number;
    readonly max_tokens: number;
    readonly stream: true;
    readonly stream_options: { readonly include_usage: true };
    readonly onData: (chunk: WllamaChunk) => void;
  }): Promise<void>;
  /** Ends its worker. */
  exit(): Promise<void>;
}

export interface WllamaChunk {
  readonly choices: readonly {
    readonly delta: { readonly content?: string | null };
    readonly finish_reason?: string | null;
  }[];
  readonly usage?: WireUsage | null;
}

type WllamaConstructor = new (
  paths: { readonly default: string },
  options: {
    readonly logger: Readonly<Record<'debug' | 'log' | 'warn' | 'error', (...args: readonly unknown[]) => void>>;
  },
) => Wllama;

// Its own declarations import one another without extensions, which Node's rules for modules, by which this folder is checked, do not resolve.
export const { Wllama } = published as unknown as { readonly Wllama: WllamaConstructor };
