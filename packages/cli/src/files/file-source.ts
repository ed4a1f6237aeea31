/** A file that a package can be made of. */
export interface SourceFile {
  /** Relative to the source, with `/` between its parts. */
  readonly path: string;
  readonly bytes: number;
  /** Lower-case hex, where the source tells it; what is read is held against it. */
  readonly sha256?: string;
}

/** Where the files of a model are: a folder, or a repository on a hub. */
export interface FileSource {
  /** For people: a folder's path, or `hf:owner/name@revision`. */
  readonly name: string;
  readonly files: readonly SourceFile[];
  /**
   * Streams a part of a file, by default all of it, in pieces of at most a few MB.
   * @throws Error where the source ends early or gives other bytes than it told of; AbortError
   */
  read(
    path: string,
    options?: { readonly start?: number; readonly end?: number; readonly signal?: AbortSignal },
  ): AsyncIterable<Uint8Array>;
  /** The file itself, where it lies on this machine's disk: it can be linked instead of copied. */
  localPath?(path: string): string | null;
}
