export interface StepOptions {
  readonly signal?: AbortSignal;
}

/** A file of a mirror. */
export interface StoredFile {
  /** From the mirror's top, with `/` between its parts. */
  readonly path: string;
  readonly bytes: number;
}

/** A file that is there and that no mirror serves: a link leads out of its package. */
export class NotServed extends Error {}

/** A place that model packages lie in: a folder, a bucket, or a mirror's address. */
export interface MirrorReader {
  /** For people. */
  readonly name: string;
  /** Every file, or every one of a package; `null` where the place cannot tell. @throws Error where it can't be read; AbortError */
  listFiles(id: string | null, options?: StepOptions): Promise<readonly StoredFile[] | null>;
  /** Streams a file, each piece good until the next one is asked for; `null` where there is none. @throws NotServed; Error where it can't be read; AbortError */
  readFile(path: string, options?: StepOptions): Promise<AsyncIterable<Uint8Array> | null>;
}
