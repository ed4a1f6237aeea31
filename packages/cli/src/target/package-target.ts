import type { MirrorReader, StepOptions } from './mirror-reader.ts';

export interface PutFileOptions extends StepOptions {
  /** Of the whole file. */
  readonly bytes: number;
  /**
   * Where what comes of the file is kept until all of it is there, and how many bytes of it are there already: `content` goes on from
   * there, and what came of it stays if it ends early. Where it is absent, nothing of a file that ends early stays.
   */
  readonly part?: { readonly path: string; readonly bytes: number };
}

/** Where packages go: a mirror's folder, or a bucket. */
export interface PackageTarget extends MirrorReader {
  /** Keeps what has come of a file as a `part`, so that a later run can go on with it. */
  readonly keepsParts: boolean;
  /** Keeps others from writing a package until what it resolves with is called. @throws Error where another one does */
  lock?(id: string): Promise<() => Promise<void>>;
  /** Stores a file, each piece of which is good until the next one is asked for. Nothing stands under its name before all has come. @throws as `content`; AbortError */
  putFile(path: string, content: AsyncIterable<Uint8Array>, options: PutFileOptions): Promise<void>;
  /** Removes a file; does nothing where there is none. */
  removeFile(path: string, options?: StepOptions): Promise<void>;
  /** Makes a file of this machine, or a clone of it, stand there without copying it; false where that can't be done. */
  linkFile?(path: string, localPath: string): Promise<boolean>;
}
