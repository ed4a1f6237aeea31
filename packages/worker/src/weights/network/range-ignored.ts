/** A server that answers a request for a part with the whole file: it is better asked once, for all of it (`fetchPieces`). */
export class RangeIgnored extends Error {
  override readonly name = 'RangeIgnored';
  /** The file's address, as its source told it. */
  readonly url: string;

  constructor(url: string) {
    super(`${new URL(url).origin} ignores the Range header`);
    this.url = url;
  }
}
