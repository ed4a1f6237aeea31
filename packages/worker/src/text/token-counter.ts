import {
  type ChatMessage,
  type DevicePackage,
  type ModelManifest,
  OrillaError,
  type WeightFiles,
} from '@orilla/contract';
import type { WeightStore } from '../weights/weight-store.ts';
import { readGgufHeader } from './gguf-header.ts';
import { packageText } from './package-text.ts';

/** A vocabulary takes some ten MB in memory, and an app rarely goes to and fro between more models than this. */
const keptTexts = 2;

/** Tokens that an engine will see for these messages. @throws as `TokenCounter.count` */
export type CountTokens = (messages: readonly ChatMessage[]) => number;

export interface TokenCounterOptions {
  readonly store: Pick<WeightStore, 'bringHead' | 'bring' | 'list'>;
  /** Makes it from the files of a package that is here, for engines whose packages have their text in files of its own. */
  readonly promptCounter: (manifest: ModelManifest, files: WeightFiles) => Promise<CountTokens>;
}

/** Counts tokens as the engine will, from the verified bytes of the model itself. */
export class TokenCounter {
  readonly #options: TokenCounterOptions;
  readonly #counters = new Map<string, CountTokens>();

  constructor(options: TokenCounterOptions) {
    this.#options = options;
  }

  /**
   * Of a GGUF its beginning is fetched where it is not here; of other packages all has to be here.
   * @throws OrillaError `capability.unsupported` where it can't be exact, and of the families Catalog and Storage; AbortError
   */
  async count(
    pkg: DevicePackage,
    messages: readonly ChatMessage[],
    { signal }: { readonly signal: AbortSignal },
  ): Promise<number> {
    const countTokens = this.#counters.get(pkg.id) ?? (await this.#read(pkg, signal));
    signal.throwIfAborted();
    return countTokens(messages);
  }

  async #read(pkg: DevicePackage, signal: AbortSignal): Promise<CountTokens> {
    const countTokens = await (pkg.engine === 'llamacpp' ? this.#ofHead(pkg, signal) : this.#ofFiles(pkg, signal));
    const [oldest] = this.#counters.keys();
    if (oldest !== undefined && this.#counters.size >= keptTexts) this.#counters.delete(oldest);
    this.#counters.set(pkg.id, countTokens);
    return countTokens;
  }

  async #ofHead(pkg: DevicePackage, signal: AbortSignal): Promise<CountTokens> {
    const { store } = this.#options;
    return packageText(await readGgufHeader((bytes) => store.bringHead(pkg, { bytes, signal }))).countTokens;
  }

  async #ofFiles(pkg: DevicePackage, signal: AbortSignal): Promise<CountTokens> {
    const { store, promptCounter } = this.#options;
    const isHere = (await store.list()).some(({ id, isComplete }) => id === pkg.id && isComplete);
    if (!isHere)
      throw new OrillaError('capability.unsupported', "This package's tokens can be counted once it is here.", {
        advice: 'Load the package first.',
      });
    const { manifest, files } = await store.bring(pkg, { signal, onProgress: () => undefined });
    return promptCounter(manifest, files);
  }
}
