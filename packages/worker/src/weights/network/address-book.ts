/** What a load learned of one address. */
export interface KnownAddress {
  /** Where it was redirected to: a presigned URL, which goes into no message. */
  redirectedTo: string | null;
  /** Its strong ETag. */
  etag: string | null;
  /** Whether it was another origin that answered: that one can't be asked by the tag without a preflight for every range. */
  isCrossOrigin: boolean;
  ignoresRange: boolean;
  /** Whether the last range came so soon that nobody needs to be told how far it is. */
  isFast: boolean;
}

/** More files at the same time than any load fetches; what is forgotten is learned again. */
const maxAddresses = 256;

function unknownAddress(): KnownAddress {
  return { redirectedTo: null, etag: null, isCrossOrigin: false, ignoresRange: false, isFast: false };
}

/** What a load learned of the addresses it fetches from, of those it used last. */
export class AddressBook {
  readonly #known = new Map<string, KnownAddress>();

  of(url: string): KnownAddress {
    const known = this.#known.get(url) ?? unknownAddress();
    this.#known.delete(url);
    this.#known.set(url, known);
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= maxAddresses) break;
      this.#known.delete(oldest);
    }
    return known;
  }

  /** Forgets where an address led, and what was learned there. */
  forgetRedirect(url: string): void {
    const known = this.#known.get(url);
    if (known && known.redirectedTo !== null)
      Object.assign(known, { redirectedTo: null, ignoresRange: false, isFast: false });
  }
}
