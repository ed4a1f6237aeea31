import type { DevicePackage, EmittedAnswer, TokenEvent } from '@orilla/contract';

/** What of an answer is out. */
export class ToldAnswer {
  #text = '';
  #tokens = 0;
  /** `null` once an event gave none, or another package's vocabulary took part. */
  #ids: { readonly packageId: string; readonly tokenIds: number[] } | null | undefined;
  isFinished = false;
  isEmpty = true;

  add(event: TokenEvent, { id }: DevicePackage): void {
    this.isEmpty = false;
    if (event.type === 'finish') this.isFinished = true;
    if (event.type !== 'token') return;
    this.#text += event.text;
    this.#tokens += event.tokenIds?.length ?? 1;
    if (this.#ids === undefined) this.#ids = { packageId: id, tokenIds: [] };
    if (!event.tokenIds || this.#ids?.packageId !== id) this.#ids = null;
    this.#ids?.tokenIds.push(...(event.tokenIds ?? []));
  }

  emittedBy({ id }: DevicePackage): EmittedAnswer | null {
    if (this.isEmpty) return null;
    const tokenIds = this.#ids?.packageId === id ? [...this.#ids.tokenIds] : undefined;
    return { text: this.#text, tokens: this.#tokens, ...(tokenIds && { tokenIds }) };
  }
}
