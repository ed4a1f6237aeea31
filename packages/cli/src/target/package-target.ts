import type { FileSource } from '../files/file-source.ts';

/** Where packages go: a mirror's folder, or a bucket. */
export interface PackageTarget {
  /** For people. */
  readonly name: string;
  /** The manifest's JSON text that stands there, or `null`. */
  readManifest(id: string, options?: { readonly signal?: AbortSignal }): Promise<string | null>;
  /** Size of a file of a package that stands there; `null` where there is none. */
  fileBytes(id: string, path: string, options?: { readonly signal?: AbortSignal }): Promise<number | null>;
  /** Streams a stored file. */
  readFile(id: string, path: string, options?: { readonly signal?: AbortSignal }): AsyncIterable<Uint8Array>;
  /** Copies one file there; nothing stands under its name before it is whole. `from` is its path in the source. */
  putFile(
    id: string,
    path: string,
    source: FileSource,
    options: { readonly from: string; readonly signal?: AbortSignal; readonly onBytes?: (bytes: number) => void },
  ): Promise<void>;
  /** To be called first: while files change, no manifest stands. */
  removeManifest(id: string, options?: { readonly signal?: AbortSignal }): Promise<void>;
  /** To be called last: where a manifest stands, the package is whole. */
  putManifest(id: string, text: string, options?: { readonly signal?: AbortSignal }): Promise<void>;
  /** All ids with a manifest, for `verify`. */
  list(options?: { readonly signal?: AbortSignal }): Promise<readonly string[]>;
  /** Every file below a package's folder, manifest included, with its size: what no manifest names is told by `verify`. */
  listFiles(
    id: string,
    options?: { readonly signal?: AbortSignal },
  ): Promise<readonly { readonly path: string; readonly bytes: number }[]>;
}
