import { once } from 'node:events';
import { createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';

export interface CountingProxy extends AsyncDisposable {
  readonly url: string;
  /** `METHOD path` of everything that reached the network on its way to the server. */
  readonly seen: readonly string[];
  /** From now on a path is answered with its text changed; `null` stands for a path that is not there any more. */
  change(path: string, edit: ((text: string) => string) | null): void;
}

/**
 * Stands on the wire between a browser and the server and notes what passes: what left the page is seen here, whatever the page
 * or the browser's own tools say. Host and Origin are rewritten, since the server pins its own.
 */
export async function startCountingProxy(target: string): Promise<CountingProxy> {
  const seen: string[] = [];
  const edits = new Map<string, ((text: string) => string) | null>();
  const { host } = new URL(target);
  const proxy = createServer((incoming, outgoing) => {
    seen.push(`${incoming.method} ${incoming.url}`);
    const edit = edits.get(incoming.url ?? '');
    if (edit === null) return void outgoing.writeHead(404).end();
    // Either side may vanish in mid-stream: then the other one is ended too, which pipeline has done.
    pass(incoming, outgoing, { target, host, edit }).catch(() => outgoing.destroy());
  });
  await once(proxy.listen(0, '127.0.0.1'), 'listening');
  const { port } = proxy.address() as AddressInfo; // a TCP server that listens has one
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    change: (path, edit) => edits.set(path, edit),
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
  readonly edit: ((text: string) => string) | undefined;
}

async function pass(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  { target, host, edit }: Passage,
): Promise<void> {
  const { origin, ...headers } = incoming.headers;
  if (edit) {
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
  if (!edit) {
    outgoing.writeHead(response.statusCode ?? 502, response.headers);
    await pipeline(response, outgoing);
    return;
  }
  outgoing.writeHead(response.statusCode ?? 502, rest);
  outgoing.end(edit(await text(response)));
}
