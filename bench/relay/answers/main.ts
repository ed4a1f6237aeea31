import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serveBench } from '../../process/serve-bench.ts';
import { chatAnswer, chatPath } from '../chat-exchange.ts';

/** The upstream where there is no nginx to be one. */
const answer = chatAnswer();
const server = createServer((request, response) => {
  request.resume().on('end', () => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(request.url === chatPath ? answer : '{"object":"list","data":[]}');
  });
}).listen(0, '127.0.0.1');
await once(server, 'listening');
// A server that listens on TCP has such an address.
serveBench({ origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
