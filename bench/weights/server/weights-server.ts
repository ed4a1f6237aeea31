import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** A plain web server on loopback, from memory, whose line can be cut after so many bytes of weights. */
export interface WeightsServer extends AsyncDisposable {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  /** Of weights, since the start or the last `mend`. */
  readonly sentBytes: number;
  /** Breaks every connection once so many bytes of weights were sent in all, and takes no new one. Settles when that has happened. */
  cutAfter(bytes: number): Promise<void>;
  /** Takes connections again, and counts from nothing. */
  mend(): void;
  /** Bytes of weights that go out in a second, over all connections together; `null`: as fast as can be. */
  pace(bytesPerSecond: number | null): void;
}

export interface WeightsServerOptions {
  /** By path, without a slash at the beginning. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Whether a path's bytes count. */
  readonly isWeights: (path: string) => boolean;
}

/** What is counted as sent may still wait for the socket: no more than this and what the system buffers. */
const pieceBytes = 128 * 1024;

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
};

export async function startWeightsServer({ files, isWeights }: WeightsServerOptions): Promise<WeightsServer> {
  let sentBytes = 0;
  let cutAt = Number.POSITIVE_INFINITY;
  let isCut = false;
  let onCut: () => void = () => undefined;
  let bytesPerMs: number | null = null;
  let freeAtMs = 0;

  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://bench').pathname.slice(1) || 'index.html';
    const content = files.get(path);
    if (!content) return void response.writeHead(404).end();
    const body = answerHead(request, response, { path, content });
    if (request.method === 'HEAD') return void response.end();
    send(response, body, isWeights(path)).catch(() => response.destroy()); // the client left, as it may
  });
  server.on('connection', (socket) => {
    if (isCut) socket.destroy();
  });

  async function send(response: ServerResponse, body: Uint8Array, isCounted: boolean): Promise<void> {
    for (let at = 0; at < body.length; at += pieceBytes) {
      const piece = body.subarray(at, at + pieceBytes);
      if (isCounted) await lineIsFree(piece.length);
      const isRoom = response.write(piece);
      if (isCounted) count(piece.length);
      if (!isRoom) await drained(response);
    }
    response.end();
  }

  /** Waits until what was sent before would be through a line of that width. */
  async function lineIsFree(bytes: number): Promise<void> {
    if (bytesPerMs === null) return;
    const nowMs = performance.now();
    const waitMs = freeAtMs - nowMs;
    freeAtMs = Math.max(nowMs, freeAtMs) + bytes / bytesPerMs;
    // Timers are no finer than this; what is waited too much, the next pieces are let through for.
    if (waitMs >= 1) await delay(waitMs);
  }

  function count(bytes: number): void {
    sentBytes += bytes;
    if (sentBytes < cutAt || isCut) return;
    isCut = true;
    server.closeAllConnections();
    onCut();
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // a listening TCP server has an address of this form
  return {
    origin: `http://127.0.0.1:${port}`,
    get sentBytes() {
      return sentBytes;
    },
    cutAfter: (bytes) =>
      new Promise((resolve) => {
        onCut = resolve;
        cutAt = bytes;
      }),
    mend() {
      isCut = false;
      cutAt = Number.POSITIVE_INFINITY;
      sentBytes = 0;
    },
    pace(bytesPerSecond) {
      bytesPerMs = bytesPerSecond === null ? null : bytesPerSecond / 1_000;
    },
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

interface Asked {
  readonly path: string;
  readonly content: Uint8Array;
}

/** Writes the head for the whole or the one range that was asked for, and gives what is to follow. */
function answerHead({ headers }: IncomingMessage, response: ServerResponse, { path, content }: Asked): Uint8Array {
  const asked = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '');
  const start = Number(asked?.[1] ?? 0);
  const end = Math.min(Number(asked?.[2] ?? content.length), content.length - 1);
  const body = content.subarray(start, end + 1);
  response.writeHead(asked ? 206 : 200, {
    'Content-Type': contentTypes[extname(path)] ?? 'application/octet-stream',
    'Content-Length': body.length,
    'Accept-Ranges': 'bytes',
    ETag: `"${path}-${content.length}"`,
    // What the browser's own cache has would be fetched by nobody.
    'Cache-Control': 'no-store',
    ...(asked && { 'Content-Range': `bytes ${start}-${end}/${content.length}` }),
  });
  return body;
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (isOpen: boolean) => {
      response.off('drain', onDrain).off('close', onClose);
      if (isOpen) resolve();
      else reject(new Error('The connection is closed.'));
    };
    const onDrain = () => settle(true);
    const onClose = () => settle(false);
    response.on('drain', onDrain).on('close', onClose);
    if (response.destroyed) onClose();
  });
}
