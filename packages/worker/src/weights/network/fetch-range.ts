import { OrillaError } from '@orilla/contract';
import type { Network } from './network.ts';
import { isHtml, openResponse } from './read-response.ts';
import { Interruption } from './with-retry.ts';

export interface FileRange {
  readonly url: string;
  readonly offset: number;
  readonly length: number;
  /** The whole file's size. */
  readonly fileBytes: number;
}

export interface FetchRangeOptions {
  readonly network: Network;
  readonly signal: AbortSignal;
  /** Told of every piece that arrives. */
  readonly onBytes: (bytes: number) => void;
}

/**
 * Fetches exactly one range of a file, once.
 * @throws OrillaError `storage.download-failed` where the server can't or won't give it; Interruption; AbortError
 */
export async function fetchRange(range: FileRange, options: FetchRangeOptions): Promise<Uint8Array<ArrayBuffer>> {
  const { url, offset, length } = range;
  const { network, signal, onBytes } = options;
  const headers = { Range: `bytes=${offset}-${offset + length - 1}` };
  const opened = await openResponse(url, { network, signal, headers });
  const refusal = whyNot(opened.response, range);
  if (refusal !== null) {
    opened.drop();
    throw downloadFailed(url, refusal);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for await (const piece of opened.read()) {
    onBytes(piece.byteLength);
    if (at + piece.byteLength > length)
      throw downloadFailed(url, `sent more than the ${length} bytes that were asked for`);
    bytes.set(piece, at);
    at += piece.byteLength;
  }
  if (at < length) throw new Interruption(`${new URL(url).origin} broke off after ${at} of ${length} bytes`);
  return bytes;
}

/** What speaks against an answer, before its body is read; `null` where it is what was asked for. */
function whyNot(response: Response, { offset, length, fileBytes }: FileRange): string | null {
  const { status, headers } = response;
  if (isHtml(response)) return `answered with a web page (status ${status})`;
  if (status === 416) return 'holds a shorter file than the manifest says';
  const isWhole = status === 200 && length === fileBytes;
  if (status === 200 && !isWhole) return 'ignores the Range header and would send the whole file for every chunk';
  if (status !== 206 && !isWhole) return `answered with status ${status}`;
  // Another origin's headers can be read only where it exposes them; then the length and the hash of what comes must do.
  const said = headers.get('Content-Range');
  if (status === 206 && said !== null && !said.startsWith(`bytes ${offset}-${offset + length - 1}/`))
    return 'sent another part of the file than was asked for';
  const declared = headers.get('Content-Length');
  if (declared !== null && Number(declared) !== length) return `announced ${declared} bytes instead of ${length}`;
  return null;
}

export function downloadFailed(url: string, why: string, cause?: unknown): OrillaError {
  const { origin, pathname } = new URL(url);
  return new OrillaError('storage.download-failed', `The model can't be downloaded: ${origin} ${why} (${pathname}).`, {
    advice: 'Try again later: what was downloaded is kept. If it stays so, tell whoever runs that server.',
    cause,
  });
}
