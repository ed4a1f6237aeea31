import { type FetchOptions, type FileAddress, openFile } from './open-file.ts';
import { RangeIgnored } from './range-ignored.ts';
import type { ReadBodyOptions } from './read-body.ts';
import type { OpenResponse } from './read-response.ts';
import { Refusal } from './refusal.ts';
import { Interruption } from './with-retry.ts';

export interface FileRange extends FileAddress {
  readonly offset: number;
  readonly length: number;
}

/** A range that comes within this time is one of many: progress is told often enough by their number. */
const fastMs = 2_000;

/**
 * Fetches exactly one range of a file, once. From an address whose last range came fast it comes as a Blob: a browser then puts the body
 * where Blobs are, and nothing of it goes through this worker (Chromium 156: 1.5 times as fast, half the memory). Else it is read piece by
 * piece, so that progress and silence are noticed.
 * @throws RangeIgnored where the server would send the whole file, Refusal, Interruption; AbortError
 */
export async function fetchRange(range: FileRange, options: FetchOptions): Promise<Uint8Array<ArrayBuffer> | Blob> {
  const { url, offset, length, fileBytes } = range;
  const isPart = length < fileBytes;
  const address = options.addresses.of(url);
  if (isPart && address.ignoresRange) throw new RangeIgnored(url);
  const beganMs = options.network.now();
  const opened = await openFile(range, { start: offset, end: offset + length - 1 }, options);
  if (isPart && opened.response.status === 200) {
    opened.drop();
    address.ignoresRange = true;
    throw new RangeIgnored(url);
  }
  const endsThere = opened.response.headers.get('Content-Length') === String(length);
  const wasFast = address.isFast && endsThere;
  address.isFast = false; // until this one has come as fast
  const { content, bytes } = wasFast
    ? await readBlob(opened, options)
    : await readBytes(opened, { length, endsThere, ...options });
  const { origin } = new URL(url);
  if (bytes > length) throw new Refusal(`${origin} sent more than the ${length} bytes that were asked for`);
  if (bytes < length) throw new Interruption(`${origin} broke off after ${bytes} of ${length} bytes`);
  address.isFast = options.network.now() - beganMs < fastMs;
  return content;
}

interface Read {
  readonly content: Uint8Array<ArrayBuffer> | Blob;
  /** How many came: more than were wanted, also where the rest of those was left unread. */
  readonly bytes: number;
}

async function readBlob(opened: OpenResponse, { onBytes }: Pick<FetchOptions, 'onBytes'>): Promise<Read> {
  const content = await opened.readBlob();
  onBytes(content.size);
  return { content, bytes: content.size };
}

async function readBytes(opened: OpenResponse, { length, endsThere, onBytes }: ReadBodyOptions): Promise<Read> {
  const { bytes: content, isLonger } = await opened.readBytes({ length, endsThere, onBytes });
  return { content, bytes: isLonger ? length + 1 : content.length };
}
