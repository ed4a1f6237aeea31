import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * A TCP port on 127.0.0.1 that nobody listens on: `wanted`, or with 0 one that the system chooses. It is free when
 * this resolves; a server started at once will get it, unless somebody else is quicker.
 * @throws Error when the wanted port is taken.
 */
export async function freePort(wanted = 0): Promise<number> {
  const server = createServer();
  server.listen(wanted, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
      throw new Error(`Port ${wanted} is in use. Stop what listens there, or choose another with --port.`);
    }
    throw error;
  }
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('A TCP server has no TCP address.');
  return address.port;
}
