import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { checkPort } from './check-port.ts';

test('a taken port is told with what to do, a free one is left free', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  await expect(checkPort('127.0.0.1', port)).rejects.toThrow(
    `Port ${port} is in use, perhaps by another \`npm start\`.`,
  );
  server.close();
  await once(server, 'close');
  await checkPort('127.0.0.1', port);
  await checkPort('127.0.0.1', port);
});

test('any free port is always free', async () => {
  await checkPort('127.0.0.1', 0);
});

test('an address that this machine does not have is told', async () => {
  await expect(checkPort('192.0.2.1', 8787)).rejects.toThrow("Port 8787 can't be had");
});
