import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { chatPath, lastEvents, tokenEvent } from '../chat-exchange.ts';

/** Time between two tokens of a streamed answer. */
const tokenEveryMs = 2;

/** A model server that computes nothing: it streams the first token at once, and the others one every two milliseconds. */
export interface TokenUpstream extends AsyncDisposable {
  readonly origin: string;
  /** Resolves when the socket of the next answer that is left unfinished closes, with the time by `performance.now()`. */
  nextAbort(): Promise<number>;
}

export async function startTokenUpstream(): Promise<TokenUpstream> {
  let aborted = Promise.withResolvers<number>();
  const server = createServer(async (request, response) => {
    if (request.url !== chatPath) return void response.end('{"object":"list","data":[]}');
    const { max_tokens: tokens } = (await json(request)) as { max_tokens: number }; // the benches send nothing else
    streamTokens(response, tokens, () => aborted.resolve(performance.now()));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    // A server that listens on TCP has such an address.
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    nextAbort: () => {
      aborted = Promise.withResolvers();
      return aborted.promise;
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function streamTokens(response: ServerResponse<IncomingMessage>, tokens: number, onAbort: () => void): void {
  let sent = 0;
  const next = () => {
    if (sent < tokens) response.write(tokenEvent(`token ${sent++} `));
    else response.end(lastEvents(tokens));
  };
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  next();
  const timer = setInterval(next, tokenEveryMs);
  response.on('close', () => {
    clearInterval(timer);
    if (!response.writableFinished) onAbort();
  });
}
