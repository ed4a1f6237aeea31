import { once } from 'node:events';
import { createServer } from 'node:net';

/** Makes sure that a port can be had, before anything is downloaded for nothing. @throws Error that says what to do */
export async function checkPort(host: string, port: number): Promise<void> {
  if (port === 0) return;
  const server = createServer().listen({ host, port, exclusive: true });
  try {
    await once(server, 'listening');
  } catch (cause) {
    throw new Error(portProblem(port, cause), { cause });
  }
  server.close();
  await once(server, 'close');
}

function portProblem(port: number, cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (code === 'EADDRINUSE')
    return `Port ${port} is in use, perhaps by another \`npm start\`. End that, or take another port: npm start -- --port ${port === 65_535 ? port - 1 : port + 1}`;
  if (code === 'EACCES') return `Port ${port} is not for ordinary users. Take one above 1023: npm start -- --port 8787`;
  return `Port ${port} can't be had (${String(code ?? cause)}). Take another: npm start -- --port 8788`;
}
