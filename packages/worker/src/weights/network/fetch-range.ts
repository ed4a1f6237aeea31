import { type FetchOptions, type FileAddress, openFile } from './open-file.ts';
import { RangeIgnored } from './range-ignored.ts';
import { Refusal } from './refusal.ts';
import { Interruption } from './with-retry.ts';

export interface FileRange extends FileAddress {
  readonly offset: number;
  readonly length: number;
}

/**
 * Fetches exactly one range of a file, once.
 * @throws RangeIgnored where the server would send the whole file, Refusal, Interruption; AbortError
 */
export async function fetchRange(range: FileRange, options: FetchOptions): Promise<Uint8Array<ArrayBuffer>> {
  const { url, offset, length, fileBytes } = range;
  const isPart = length < fileBytes;
  const address = options.addresses.of(url);
  if (isPart && address.ignoresRange) throw new RangeIgnored(url);
  const opened = await openFile(range, { start: offset, end: offset + length - 1 }, options);
  if (isPart && opened.response.status === 200) {
    opened.drop();
    address.ignoresRange = true;
    throw new RangeIgnored(url);
  }
  const { origin } = new URL(url);
  const endsThere = opened.response.headers.get('Content-Length') === String(length);
  const { bytes, isLonger } = await opened.readBytes({ length, endsThere, onBytes: options.onBytes });
  if (isLonger) throw new Refusal(`${origin} sent more than the ${length} bytes that were asked for`);
  if (bytes.length < length) throw new Interruption(`${origin} broke off after ${bytes.length} of ${length} bytes`);
  return bytes;
}
