import type { AddressBook } from '../network/address-book.ts';
import { Refusal } from '../network/refusal.ts';
import { Interruption } from '../network/with-retry.ts';
import { Poison } from './poison.ts';

/**
 * The way to a file of one source: where its address led the last time, or by the address itself. What fails by the one is tried once by the
 * other before anything is said of the source: a presigned address, a node, may be bad where the source is not.
 */
export class SourceWay {
  readonly #url: string;
  readonly #addresses: AddressBook;
  #atOrigin = false;
  #isDirect = false;

  constructor(url: string, addresses: AddressBook) {
    this.#url = url;
    this.#addresses = addresses;
  }

  /** To be asked before every attempt. */
  next(): { readonly url: string; readonly atOrigin: boolean } {
    this.#isDirect = !this.#atOrigin && this.#addresses.of(this.#url).redirectedTo !== null;
    return { url: this.#url, atOrigin: this.#atOrigin };
  }

  /** To be told of every failure. Whether it says nothing of the source yet: then the next attempt goes to the address itself. */
  failed(error: unknown): boolean {
    if (!(error instanceof Interruption || error instanceof Refusal || error instanceof Poison)) return false;
    this.#addresses.forgetRedirect(this.#url);
    this.#atOrigin ||= this.#isDirect;
    return this.#isDirect;
  }
}
