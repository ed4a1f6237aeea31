import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A plain TCP hop before the vLLM that tells when the relay closes its end of a connection. It changes nothing that passes. */
export interface SocketWatch extends AsyncDisposable {
  readonly url: string;
  /** Resolves with the time (performance.now) at which the relay next closes or resets a connection. */
  nextClose(): Promise<number>;
}

export async function watchSockets(target: string): Promise<SocketWatch> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  let closed = Promise.withResolvers<number>();
  const server = createServer((fromRelay) => {
    const toVllm = connect(Number(port), hostname);
    const tell = () => {
      closed.resolve(performance.now());
      closed = Promise.withResolvers();
      toVllm.destroy();
    };
    fromRelay.once('end', tell).once('close', tell);
    for (const socket of [fromRelay, toVllm]) {
      sockets.add(socket);
      // A reset is one of the ways to close, which 'close' reports too.
      socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket));
    }
    toVllm.on('close', () => fromRelay.destroy());
    fromRelay.pipe(toVllm).pipe(fromRelay);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port: own } = server.address() as AddressInfo; // listening on TCP
  return {
    url: `http://127.0.0.1:${own}`,
    nextClose: () => closed.promise,
    [Symbol.asyncDispose]: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
