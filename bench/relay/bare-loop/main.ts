import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serveBench } from '../../process/serve-bench.ts';
import { type DispatchController, Pool } from '../undici.ts';

/** The least that a Node process can do to hand a request on: what the relay's figures stand beside. */
const [upstream = ''] = process.argv.slice(2);
const pool = new Pool(upstream, { connections: 256, pipelining: 1, bodyTimeout: 0 });
const server = createServer(handle).listen(0, '127.0.0.1');
await once(server, 'listening');
// A server that listens on TCP has such an address.
serveBench({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });

function handle(request: IncomingMessage, response: ServerResponse): void {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => {
    const body = Buffer.concat(parts);
    JSON.parse(body.toString());
    forward(request.url ?? '/', body, response);
  });
}

function forward(path: string, body: Buffer, response: ServerResponse): void {
  let upstreamCall: DispatchController | undefined;
  response.on('close', () => {
    if (!response.writableFinished) upstreamCall?.abort(new Error('the client left'));
  });
  pool.dispatch(
    { method: 'POST', path, headers: { 'content-type': 'application/json' }, body },
    {
      onRequestStart: (controller) => {
        upstreamCall = controller;
      },
      onResponseStart: (_, status, headers) => {
        response.writeHead(status, { 'content-type': String(headers['content-type'] ?? 'application/json') });
      },
      onResponseData: (controller, chunk) => {
        if (response.write(chunk)) return;
        controller.pause();
        response.once('drain', () => controller.resume());
      },
      onResponseEnd: () => response.end(),
      onResponseError: () => response.destroy(),
    },
  );
}
