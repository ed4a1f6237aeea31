/** A file that a package can be made of. */
export interface SourceFile {
  /** Relative to the source, with `/` between its parts. */
  readonly path: string;
  readonly bytes: number;
  /** Lower-case hex, where the source tells it; what is read is held against it. */
  readonly sha256?: string;
}

export interface ReadFileOptions {
  /** First byte; default: 0. */
  readonly start?: number;
  readonly signal?: AbortSignal;
}

/** Where the files of a model are: a file, a folder, or a repository on a hub. */
export interface FileSource {
  /** For people: a path, or `hf:owner/name@revision`. */
  readonly name: string;
  /** What the model is called there: a file's, a folder's, a repository's name. */
  readonly modelName: string;
  readonly files: readonly SourceFile[];
  /** What the repository's model card says, in the hub's words. */
  readonly license?: string;
  /** Where any browser could fetch the same files: on the public hub, where everybody may read them. */
  readonly hub?: { readonly repository: string; readonly revision: string; readonly folder: string };
  /**
   * Streams a file in pieces of at most a few MB, to its end. Whoever wants less leaves the loop. A piece is good until the next one is
   * asked for: who keeps it copies it.
   * @throws Error where the source ends early or can't be read; AbortError
   */
  read(path: string, options?: ReadFileOptions): AsyncIterable<Uint8Array>;
  /** The file itself, where it lies on this machine's disk: it can be linked instead of copied. */
  localPath?(path: string): string | null;
}
