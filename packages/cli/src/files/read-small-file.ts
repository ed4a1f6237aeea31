import type { FileSource } from './file-source.ts';

/** The largest `tokenizer.json` known takes 35 MB. */
const defaultMaxBytes = 64 * 1024 * 1024;

export interface ReadSmallFileOptions {
  readonly maxBytes?: number;
  readonly signal?: AbortSignal | undefined;
}

/** A file's text. @throws Error where it is longer than `maxBytes` (64 MiB by default); as the source's `read` */
export async function readText(
  source: Pick<FileSource, 'name' | 'read'>,
  path: string,
  { maxBytes = defaultMaxBytes, signal }: ReadSmallFileOptions = {},
): Promise<string> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of source.read(path, signal ? { signal } : {})) {
    bytes += piece.length;
    if (bytes > maxBytes)
      throw new Error(`${path} in ${source.name} is longer than the ${maxBytes} bytes it may have.`);
    // The source may use its own again.
    pieces.push(Uint8Array.from(piece));
  }
  return Buffer.concat(pieces).toString('utf8');
}

/** A file's JSON. @throws Error where it is none, naming the file; as `readText` */
export async function readJson(
  source: Pick<FileSource, 'name' | 'read'>,
  path: string,
  options?: ReadSmallFileOptions,
): Promise<unknown> {
  const text = await readText(source, path, options);
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${path} in ${source.name} is not valid JSON. It may be cut off, or an error page.`);
  }
}

/** As `readJson`; `undefined` where the source has no such file. */
export async function readJsonIfAny(
  source: FileSource,
  path: string,
  options?: ReadSmallFileOptions,
): Promise<unknown> {
  return source.files.some((file) => file.path === path) ? readJson(source, path, options) : undefined;
}
