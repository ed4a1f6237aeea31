import { once } from 'node:events';
import { createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';

export interface CountingProxy extends AsyncDisposable {
  readonly url: string;
  /** `METHOD path` of everything that reached the network on its way to the server. */
  readonly seen: readonly string[];
  /** From now on a path is answered with this text at its end. */
  append(path: string, text: string): void;
}

/**
 * Stands on the wire between a browser and the server and notes what passes: what left the page is seen here, whatever the page
 * or the browser's own tools say. Host and Origin are rewritten, since the server pins its own.
 */
export async function startCountingProxy(target: string): Promise<CountingProxy> {
  const seen: string[] = [];
  const appended = new Map<string, string>();
  const { host } = new URL(target);
  const proxy = createServer((incoming, outgoing) => {
    seen.push(`${incoming.method} ${incoming.url}`);
    const more = appended.get(incoming.url ?? '');
    // Either side may vanish in mid-stream: then the other one is ended too, which pipeline has done.
    pass(incoming, outgoing, { target, host, more }).catch(() => outgoing.destroy());
  });
  await once(proxy.listen(0, '127.0.0.1'), 'listening');
  const { port } = proxy.address() as AddressInfo; // a TCP server that listens has one
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    append: (path, text) => appended.set(path, text),
    [Symbol.asyncDispose]: async () => {
      proxy.closeAllConnections();
      proxy.close();
      await once(proxy, 'close');
    },
  };
}

interface Passage {
  readonly target: string;
  readonly host: string;
  readonly more: string | undefined;
}

async function pass(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  { target, host, more }: Passage,
): Promise<void> {
  const { origin, ...headers } = incoming.headers;
  if (more !== undefined) {
    delete headers['if-none-match'];
    delete headers['accept-encoding'];
  }
  const request = forward(`${target}${incoming.url}`, {
    method: incoming.method,
    headers: { ...headers, host, ...(origin !== undefined && { origin: target }) },
  });
  const answered = once(request, 'response') as Promise<[IncomingMessage]>; // what the event of a client request carries
  const [[response]] = await Promise.all([answered, pipeline(incoming, request)]);
  const { 'content-length': length, etag, ...rest } = response.headers;
  outgoing.writeHead(response.statusCode ?? 502, more === undefined ? response.headers : rest);
  await pipeline(response, outgoing, { end: more === undefined });
  if (more !== undefined) outgoing.end(more);
}
