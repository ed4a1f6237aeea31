import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { parseByteRange } from './byte-range.ts';
import type { OpenFile } from './open-inside.ts';

export interface SendFileOptions {
  /** With its quotes, and `W/` before it where it is weak. */
  readonly etag: string;
  readonly contentType: string;
  readonly cacheControl: string;
}

const readBytes = 256 * 1024;

/**
 * Answers GET or HEAD with a file, or with the range of it that is asked for, no faster than it is read. Closes the file,
 * also when the client leaves in the middle.
 */
export async function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  { handle, bytes }: Pick<OpenFile, 'handle' | 'bytes'>,
  { etag, contentType, cacheControl }: SendFileOptions,
): Promise<void> {
  try {
    response.setHeader('ETag', etag);
    response.setHeader('Cache-Control', cacheControl);
    response.setHeader('Accept-Ranges', 'bytes');
    if (matchesTag(request.headers['if-none-match'], etag)) {
      response.writeHead(304).end();
      return;
    }
    const range = parseByteRange(mayRange(request, etag) ? request.headers.range : undefined, bytes);
    if (range.type === 'unsatisfiable') {
      response.writeHead(416, { 'Content-Range': `bytes */${bytes}`, 'Content-Length': 0 }).end();
      return;
    }
    const { start, end } = range.type === 'part' ? range : { start: 0, end: bytes - 1 };
    response.writeHead(range.type === 'part' ? 206 : 200, {
      'Content-Type': contentType,
      'Content-Length': end - start + 1,
      ...(range.type === 'part' && { 'Content-Range': `bytes ${start}-${end}/${bytes}` }),
    });
    if (request.method === 'HEAD' || end < start) response.end();
    else await stream(handle, { start, end }, request, response);
  } finally {
    await handle.close();
  }
}

async function stream(
  handle: OpenFile['handle'],
  range: { start: number; end: number },
  { socket }: IncomingMessage,
  response: ServerResponse,
) {
  // An answer that waits behind another one of its connection is not told when that closes, and would keep the file open.
  const cut = () => void response.destroy();
  socket.once('close', cut);
  try {
    if (socket.destroyed) cut();
    await pipeline(readRange(handle, range), response);
  } catch (error) {
    // A client that left in the middle, or a file that failed there: either way the connection is cut, and that tells.
    if (!response.destroyed) throw error;
  } finally {
    socket.removeListener('close', cut);
  }
}

/**
 * Reads what was promised, or fails: a file that became shorter while it was sent must not look like a whole one, and
 * whatever the connection carries next must not pass for the rest of it.
 */
async function* readRange(handle: OpenFile['handle'], { start, end }: { start: number; end: number }) {
  for (let position = start; position <= end; ) {
    const length = Math.min(readBytes, end + 1 - position);
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(length), 0, length, position);
    if (bytesRead === 0) throw new Error('The file became shorter while it was sent.');
    yield bytesRead === length ? buffer : buffer.subarray(0, bytesRead);
    position += bytesRead;
  }
}

/** Ranges are for GET only (RFC 9110, 14.2). A range of another version of the file would be put together with pieces of this one. Weak tags never match here. */
function mayRange(request: IncomingMessage, etag: string): boolean {
  const ifRange = request.headers['if-range'];
  if (request.method === 'HEAD') return false;
  return ifRange === undefined || (ifRange === etag && !etag.startsWith('W/'));
}

/** Whether the client has this version already (`If-None-Match` compares weakly). */
export function matchesTag(header: string | undefined, etag: string): boolean {
  const bare = (tag: string) => tag.trim().replace(/^W\//, '');
  return header?.split(',').some((tag) => tag.trim() === '*' || bare(tag) === bare(etag)) ?? false;
}
