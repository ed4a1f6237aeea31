import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

const waiting = new WeakMap<Socket, Set<() => void>>();

/**
 * Calls `over` once: when the response has ended, or when its connection is gone. An answer that waits behind another one of its connection
 * is never told when that closes, so that the socket has to tell.
 */
export function whenOver(socket: Socket, response: ServerResponse, over: () => void): void {
  const open = waiting.get(socket) ?? watch(socket);
  const settle = () => {
    if (open.delete(settle)) over();
  };
  open.add(settle);
  response.once('close', settle);
}

/** One listener for a connection, however many answers it waits for. */
function watch(socket: Socket): Set<() => void> {
  const open = new Set<() => void>();
  waiting.set(socket, open);
  socket.once('close', () => {
    for (const settle of [...open]) settle();
  });
  return open;
}
