import { type AddressInfo, connect, createServer } from 'node:net';
import { embeddedLauncher } from '@orilla/embedded';
import { ensureStarterModel } from '../../tools/model/starter-model.ts';

/** A real model server on loopback, for the relay in the container to forward to. */
export interface ModelServer extends AsyncDisposable {
  readonly url: string;
}

/** Starts the embedded upstream with the starter model, and gives its socket a port: a container has files of its own. */
export async function startModelServer(): Promise<ModelServer> {
  const model = await ensureStarterModel();
  const upstream = await embeddedLauncher(
    { name: 'container-test', modelPath: model.path, contextLength: 2048, threads: 1, sequences: 1 },
    { signal: AbortSignal.timeout(60_000), log: (level, message) => level === 'error' && console.error(message) },
  );
  const server = createServer((client) => {
    const socket = connect(upstream.socketPath);
    client.pipe(socket).pipe(client);
    // Whichever side breaks takes the other with it.
    client.on('error', () => socket.destroy());
    socket.on('error', () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A listening TCP server has an address of this form.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      await upstream.stop();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
