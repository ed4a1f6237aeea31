import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, normalize } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** A model mirror of an app's own: static files of another origin, by Range. */
export interface MirrorServer extends AsyncDisposable {
  /** Ends with a slash; the package's id comes after it. */
  readonly url: string;
  /** Bytes of files sent so far, manifests not counted. */
  readonly sentBytes: number;
}

/** Serves the model packages in `folder` on a free loopback port. */
export async function startMirrorServer(folder: string): Promise<MirrorServer> {
  let sentBytes = 0;
  const server = createServer((request, response) => {
    serve(folder, request, response).then(
      (bytes) => {
        if (!request.url?.endsWith('/manifest.json')) sentBytes += bytes;
      },
      // The browser left, or the file is not there: nobody is left to tell more than this.
      () => (response.headersSent ? response.destroy() : response.writeHead(404).end()),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A listening TCP server has an address of this form.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    get sentBytes() {
      return sentBytes;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function serve(folder: string, request: IncomingMessage, response: ServerResponse): Promise<number> {
  response.setHeader('Access-Control-Allow-Origin', '*');
  response.setHeader('Access-Control-Allow-Headers', 'Range');
  if (request.method === 'OPTIONS') {
    response.writeHead(204).end();
    return 0;
  }
  const path = join(folder, normalize(new URL(request.url ?? '/', 'http://mirror').pathname));
  const { size } = await stat(path);
  const asked = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
  const start = Number(asked?.[1] ?? 0);
  const end = Math.min(asked?.[2] ? Number(asked[2]) : size - 1, size - 1);
  response.writeHead(asked ? 206 : 200, {
    'Content-Type': path.endsWith('.json') ? 'application/json' : 'application/octet-stream',
    'Content-Length': end - start + 1,
    ...(asked && { 'Content-Range': `bytes ${start}-${end}/${size}` }),
  });
  await pipeline(createReadStream(path, { start, end }), response);
  return end - start + 1;
}
