import type { ChatMessage, DevicePackage } from '@orilla/contract';
import type { WeightStore } from '../weights/weight-store.ts';
import { readGgufHeader } from './gguf-header.ts';
import { type PackageText, packageText } from './package-text.ts';

/** A vocabulary takes some ten MB in memory, and an app rarely goes to and fro between more models than this. */
const keptTexts = 2;

/** Counts tokens as the engine will, from the verified bytes of the model itself. */
export class TokenCounter {
  readonly #store: Pick<WeightStore, 'bringHead'>;
  readonly #texts = new Map<string, PackageText>();

  constructor(store: Pick<WeightStore, 'bringHead'>) {
    this.#store = store;
  }

  /** @throws OrillaError `capability.unsupported` where it can't be exact, and of the families Catalog and Storage; AbortError */
  async count(
    pkg: DevicePackage,
    messages: readonly ChatMessage[],
    { signal }: { readonly signal: AbortSignal },
  ): Promise<number> {
    const text = this.#texts.get(pkg.id) ?? (await this.#read(pkg, signal));
    signal.throwIfAborted();
    return text.countTokens(messages);
  }

  async #read(pkg: DevicePackage, signal: AbortSignal): Promise<PackageText> {
    const text = packageText(await readGgufHeader((bytes) => this.#store.bringHead(pkg, { bytes, signal })));
    const [oldest] = this.#texts.keys();
    if (oldest !== undefined && this.#texts.size >= keptTexts) this.#texts.delete(oldest);
    this.#texts.set(pkg.id, text);
    return text;
  }
}
