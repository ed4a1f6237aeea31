import * as published from '@wllama/wllama/esm/index.js';

/** What the bench uses of wllama's store. */
export interface WllamaModel {
  open(): Promise<readonly Blob[]>;
}

export interface WllamaModelManager {
  /** Complete ones. */
  getModels(): Promise<readonly WllamaModel[]>;
  getModelOrDownload(source: { readonly url: string }): Promise<WllamaModel>;
  clear(): Promise<void>;
}

type ModelManagerConstructor = new (options: {
  readonly logger: Readonly<Record<'debug' | 'log' | 'warn' | 'error', () => void>>;
}) => WllamaModelManager;

// Its own declarations import one another without extensions, which Node's rules for modules, by which this folder is checked, do not resolve.
export const { ModelManager } = published as unknown as { readonly ModelManager: ModelManagerConstructor };
