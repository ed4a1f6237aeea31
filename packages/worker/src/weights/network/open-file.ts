import type { AddressBook, KnownAddress } from './address-book.ts';
import type { Network } from './network.ts';
import { isHtml, type OpenResponse, openResponse, Unanswered } from './read-response.ts';
import { Refusal } from './refusal.ts';

export interface FileAddress {
  /** As its source told it. */
  readonly url: string;
  /** The whole file's size. */
  readonly fileBytes: number;
  /**
   * Whether what is asked for has a hash of its own, which says better than the file's tag whether it is what it should be: servers behind
   * one name may call the same file by different tags.
   */
  readonly isHashed?: boolean;
  /** Whether it is asked for at its own address, wherever that led the last time. */
  readonly atOrigin?: boolean;
}

/** From the first byte to the last one, both included. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export interface FetchOptions {
  readonly network: Network;
  readonly signal: AbortSignal;
  /** Kept for a load: by it, a file that is replaced meanwhile is noticed, and one that was redirected is asked for directly. */
  readonly addresses: AddressBook;
  /** Told of every piece that arrives. */
  readonly onBytes: (bytes: number) => void;
}

/**
 * Asks for a file or a range of it. The answer is the range (206), or the whole file (200) from a server that ignores Range.
 * @throws Refusal, Interruption; AbortError
 */
export async function openFile(
  { url, fileBytes, isHashed = false, atOrigin = false }: FileAddress,
  range: ByteRange | null,
  options: Pick<FetchOptions, 'network' | 'signal' | 'addresses'>,
): Promise<OpenResponse> {
  const address = options.addresses.of(url);
  const serverName = new URL(url).origin;
  const headers: Record<string, string> = {};
  if (range) headers.Range = `bytes=${range.start}-${range.end}`;
  // Another origin would have to be asked first whether it may be asked so; comparing the tags tells the same.
  const etag = isHashed ? null : address.etag;
  if (range && etag !== null && !address.isCrossOrigin) headers['If-Range'] = etag;
  if (atOrigin) options.addresses.forgetRedirect(url);
  const opened = await openAddress(url, address, { ...options, headers, serverName });
  const refusal = whyNot(opened.response, { range, fileBytes, etag, wasConditional: 'If-Range' in headers });
  if (refusal !== null) {
    opened.drop();
    throw new Refusal(`${serverName} ${refusal}`);
  }
  learn(address, opened.response);
  return opened;
}

interface AskOptions extends Pick<FetchOptions, 'network' | 'signal'> {
  readonly headers: Readonly<Record<string, string>>;
  readonly serverName: string;
}

/** Asks where the address led the last time; when that is over (a presigned URL expires), at the address itself. */
async function openAddress(url: string, address: KnownAddress, options: AskOptions): Promise<OpenResponse> {
  const direct = address.redirectedTo;
  if (direct !== null) {
    const opened = await openDirect(direct, options);
    if (opened) return opened;
    address.redirectedTo = null;
  }
  return openResponse(url, options);
}

/** What stores answer to an address that counts no more, or that leads nowhere by now. */
const expired: readonly number[] = [400, 401, 403, 404, 410];

async function openDirect(direct: string, options: AskOptions): Promise<OpenResponse | null> {
  try {
    const opened = await openResponse(direct, options);
    if (!expired.includes(opened.response.status)) return opened;
    opened.drop();
  } catch (error) {
    // Many servers refuse without CORS headers: then a browser shows no status.
    if (!(error instanceof Unanswered)) throw error;
  }
  return null;
}

interface Asked {
  readonly range: ByteRange | null;
  readonly fileBytes: number;
  /** What the file's tag must be, where it has one; `null` where it may be any. */
  readonly etag: string | null;
  readonly wasConditional: boolean;
}

/** What speaks against an answer, before its body is read; `null` where it is what was asked for. */
function whyNot(response: Response, { range, fileBytes, etag: wanted, wasConditional }: Asked): string | null {
  const { status } = response;
  if (isHtml(response)) return `answered with a web page (status ${status})`;
  if (status === 416) return 'holds a shorter file than the manifest says';
  if (status !== 200 && !(status === 206 && range)) return `answered with status ${status}`;
  const etag = strongEtag(response);
  if (wanted !== null && etag !== wanted && (etag !== null || (wasConditional && status === 200)))
    return 'has another file there now: it was replaced during the download';
  return status === 206 && range ? whyNotPart(response, range, fileBytes) : whyNotWhole(response, fileBytes);
}

/** Another origin's headers can be read only where it exposes them; then the length and the hash of what comes must do. */
function whyNotPart({ headers }: Response, { start, end }: ByteRange, fileBytes: number): string | null {
  if (headers.has('Content-Encoding')) return 'sent a part of a compressed file';
  const [, first, last, total] = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(headers.get('Content-Range') ?? '') ?? [];
  if (headers.has('Content-Range') && (Number(first) !== start || Number(last) !== end))
    return 'sent another part of the file than was asked for';
  if (total !== undefined && total !== '*' && Number(total) !== fileBytes)
    return `holds a file of ${total} bytes where the manifest says ${fileBytes}`;
  return whyNotLength(headers, end - start + 1);
}

function whyNotWhole({ headers, type }: Response, fileBytes: number): string | null {
  // The length is that of what was sent, compressed or not, and another origin doesn't let a page read which.
  if (headers.has('Content-Encoding') || type === 'cors') return null;
  return whyNotLength(headers, fileBytes);
}

function whyNotLength(headers: Headers, bytes: number): string | null {
  const declared = headers.get('Content-Length');
  return declared === null || Number(declared) === bytes ? null : `announced ${declared} bytes instead of ${bytes}`;
}

function learn(address: KnownAddress, response: Response): void {
  address.etag ??= strongEtag(response);
  address.isCrossOrigin = response.type === 'cors';
  if (response.redirected) address.redirectedTo = response.url;
}

/** A weak tag stays the same for other bytes of the same meaning. */
function strongEtag({ headers }: Response): string | null {
  const etag = headers.get('ETag');
  return etag?.startsWith('"') ? etag : null;
}
