import { type FetchOptions, type FileAddress, openFile } from './open-file.ts';
import { Refusal } from './refusal.ts';
import { Interruption } from './with-retry.ts';

export interface FileStream extends FileAddress {
  /** The first byte that is wanted. */
  readonly from: number;
}

/**
 * The bytes of a file from `from` to its end, in one request, once. A server that ignores Range sends what is before it as well; that is
 * told to `onBytes` too, but not given.
 * @throws Refusal, Interruption; AbortError
 */
export async function* streamFile(
  file: FileStream,
  options: FetchOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { url, fileBytes, from } = file;
  const opened = await openFile(file, from > 0 ? { start: from, end: fileBytes - 1 } : null, options);
  const { origin } = new URL(url);
  let at = opened.response.status === 206 ? from : 0;
  for await (const piece of opened.read()) {
    options.onBytes(piece.byteLength);
    const wanted = piece.subarray(Math.max(0, from - at));
    at += piece.byteLength;
    if (at > fileBytes) throw new Refusal(`${origin} sent more than the ${fileBytes} bytes of the file`);
    if (wanted.byteLength > 0) yield wanted;
  }
  if (at < fileBytes) throw new Interruption(`${origin} broke off after ${at} of ${fileBytes} bytes`);
}
