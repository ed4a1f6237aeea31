import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a file server may do wrong; one is used per request, in order, and `well` afterwards. */
export type Fault =
  | { kind: 'well' }
  /** Sends this many bytes of what was asked for, then cuts the connection. */
  | { kind: 'drop'; afterBytes: number }
  /** Sends this many bytes and then nothing, with the connection open. */
  | { kind: 'stall'; afterBytes: number }
  /** Takes the connection and never answers. */
  | { kind: 'silent' }
  | { kind: 'ignore-range' }
  /** A 206 that starts somewhere else. */
  | { kind: 'wrong-range' }
  /** The same length, another content. */
  | { kind: 'wrong-bytes' }
  /** Names and sends more (or, when negative, fewer) bytes than the file has. */
  | { kind: 'wrong-length'; extraBytes: number; named: boolean }
  | { kind: 'web-page' }
  | { kind: 'status'; status: number }
  | { kind: 'redirect'; to: string };

export interface FaultyFileServer extends AsyncDisposable {
  url: string;
  /** The Range header of every request, in order. */
  ranges: (string | undefined)[];
}

/** A real HTTP server on loopback for tests that has one file, honours Range, and misbehaves as told. */
export async function startFaultyFileServer(file: Buffer, faults: Fault[] = []): Promise<FaultyFileServer> {
  const ranges: (string | undefined)[] = [];
  const left = [...faults];
  const server = createServer((request, response) => {
    ranges.push(request.headers.range);
    answer(file, left.shift() ?? { kind: 'well' }, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A server that listens on TCP has such an address.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/model.gguf`,
    ranges,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function answer(file: Buffer, fault: Fault, request: IncomingMessage, response: ServerResponse): void {
  const start =
    fault.kind === 'ignore-range' ? 0 : Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
  const rest = file.subarray(start);
  const head = (length: number | undefined, from = start) => {
    const ranged = from > 0 ? { 'content-range': `bytes ${from}-${file.length - 1}/${file.length}` } : {};
    const named = length === undefined ? {} : { 'content-length': length };
    response.writeHead(from > 0 ? 206 : 200, { 'content-type': 'application/octet-stream', ...ranged, ...named });
  };
  switch (fault.kind) {
    case 'well':
    case 'ignore-range':
      head(rest.length);
      response.end(rest);
      return;
    case 'drop':
      head(rest.length);
      response.write(rest.subarray(0, fault.afterBytes), () => response.destroy());
      return;
    case 'stall':
      head(rest.length);
      response.write(rest.subarray(0, fault.afterBytes));
      return;
    case 'silent':
      return;
    case 'wrong-range':
      head(rest.length - 1, start + 1);
      response.end(rest.subarray(1));
      return;
    case 'wrong-bytes':
      head(rest.length);
      response.end(Buffer.from(rest).fill(0x2a, 0, 1));
      return;
    case 'wrong-length': {
      const body = Buffer.concat([rest, Buffer.alloc(Math.max(0, fault.extraBytes))]);
      const length = rest.length + fault.extraBytes;
      head(fault.named ? length : undefined);
      response.end(body.subarray(0, length));
      return;
    }
    case 'web-page':
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
      response.end('<!doctype html><title>Sign in to this network</title>');
      return;
    case 'status':
      response.writeHead(fault.status);
      response.end();
      return;
    case 'redirect':
      response.writeHead(302, { location: fault.to });
      response.end();
  }
}
