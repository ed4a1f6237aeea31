import { rename, rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { type OpenUrlOptions, openUrl } from './open-url.ts';
import { openPartFile, type PartFile } from './part-file.ts';

/** A file somewhere else, known to the last byte before it is asked for. */
export interface RemoteFile {
  url: string;
  bytes: number;
  /** Lower-case hex. */
  sha256: string;
}

export interface DownloadOptions extends OpenUrlOptions {
  /** Called with the bytes on disk: once at the start (what an earlier run left) and after every piece. */
  onProgress?: (bytes: number) => void;
  /** A body that sends nothing for this long is dropped and asked for again. */
  stallTimeoutMs?: number;
  retryDelayMs?: number;
}

/** The server has something else than what was asked for: asking it again would not help. */
export class WrongFileError extends Error {
  override name = 'WrongFileError';
}

// Each try must bring new bytes, but for this many in a row.
const triesWithoutProgress = 3;
const maxTries = 50;

/**
 * Brings `remote` to `path`, through `path.part`. A broken connection is taken up again where it broke, in this run or
 * (after an abort) in the next one; the SHA-256 holds before the file gets its name.
 * @throws WrongFileError when the server has another file (bytes that turned out wrong are deleted), the signal's
 * reason when aborted and what the network said when it fails for good (what has arrived stays).
 */
export async function download(remote: RemoteFile, path: string, options: DownloadOptions = {}): Promise<void> {
  const { signal, onProgress, retryDelayMs = 500 } = options;
  const partPath = `${path}.part`;
  const part = await openPartFile(partPath, signal ? { signal } : {});
  try {
    if (part.size > remote.bytes) await part.restart();
    onProgress?.(part.size);
    let furthest = part.size;
    let idleTries = 0;
    for (let tries = 1; part.size < remote.bytes; tries++) {
      try {
        await fetchRest(remote, part, options);
      } catch (error) {
        if (signal?.aborted) throw signal.reason;
        idleTries = part.size > furthest ? 0 : idleTries + 1;
        furthest = Math.max(furthest, part.size);
        if (error instanceof WrongFileError || idleTries >= triesWithoutProgress || tries >= maxTries) throw error;
        await delay(retryDelayMs, undefined, signal ? { signal } : {});
      }
    }
    const sha256 = part.sha256();
    if (sha256 !== remote.sha256) {
      await part.restart();
      throw new WrongFileError(`its SHA-256 is ${sha256}, not ${remote.sha256}`);
    }
    await part.close();
    await rename(partPath, path);
  } catch (error) {
    await part.close();
    if (part.size === 0) await rm(partPath, { force: true });
    throw signal?.aborted ? signal.reason : error;
  }
}

/** One request for the bytes that are missing, appended as they come. Returns when all are here; throws otherwise. */
async function fetchRest(remote: RemoteFile, part: PartFile, options: DownloadOptions): Promise<void> {
  const { signal, onProgress, stallTimeoutMs = 30_000 } = options;
  const stall = new AbortController();
  const signals = signal ? [signal, stall.signal] : [stall.signal];
  const headers: Record<string, string> = { 'accept-encoding': 'identity' };
  if (part.size > 0) headers.range = `bytes=${part.size}-`;
  const response = await openUrl(remote.url, headers, { ...options, signal: AbortSignal.any(signals) });
  const body = response.body;
  let timer: NodeJS.Timeout | undefined;
  try {
    refuseOtherFile(response, part.size, remote.bytes);
    if (body === null) throw new Error('the answer has no body');
    // A server that ignores Range sends everything again.
    if (response.status === 200 && part.size > 0) await part.restart();
    const stalled = () => stall.abort(new Error(`no byte came for ${stallTimeoutMs} ms`));
    timer = setTimeout(stalled, stallTimeoutMs);
    for await (const bytes of body) {
      clearTimeout(timer);
      if (part.size + bytes.length > remote.bytes) {
        await part.restart();
        throw new WrongFileError(`it sends more than the ${remote.bytes} bytes expected`);
      }
      await part.append(bytes);
      onProgress?.(part.size);
      timer = setTimeout(stalled, stallTimeoutMs);
    }
  } finally {
    clearTimeout(timer);
    if (body !== null && !body.locked) await body.cancel();
  }
  if (part.size < remote.bytes) throw new Error(`the connection ended after ${part.size} of ${remote.bytes} bytes`);
}

/** Throws when status, type or length show that this is not the file, before a byte of it is written. */
function refuseOtherFile(response: Response, have: number, want: number): void {
  const { status, headers } = response;
  if (status >= 500 || status === 429) throw new Error(`it answered with HTTP ${status}`);
  if (status !== 200 && status !== 206) throw new WrongFileError(`it answered with HTTP ${status}`);
  const type = headers.get('content-type') ?? '';
  if (type.startsWith('text/html')) throw new WrongFileError('it answered with a web page instead of the file');
  if (status === 206) {
    const range = headers.get('content-range') ?? '';
    if (range !== `bytes ${have}-${want - 1}/${want}`)
      throw new WrongFileError(`it sends "${range}" when asked for bytes ${have} to ${want - 1} of ${want}`);
    return;
  }
  const length = headers.get('content-length');
  if (length !== null && Number(length) !== want) throw new WrongFileError(`it has ${length} bytes, not ${want}`);
}
