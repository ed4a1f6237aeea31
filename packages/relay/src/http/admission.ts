import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { OrillaError } from '@orilla/contract';
import { whenOver } from './when-over.ts';

/** Clients wait for an answer before they ask again; one that does not, does not get to hold more than this open. */
const maxOfOneConnection = 8;

/** Lets a request in until its response is over. @throws OrillaError `relay.overloaded` */
export type Admit = (request: IncomingMessage, response: ServerResponse) => void;

/** Bounds what is being answered at once: in all, and on one connection, whose answers wait for each other. */
export function createAdmission({ maxActive }: { readonly maxActive: number }): Admit {
  const bySocket = new WeakMap<Socket, number>();
  let active = 0;
  return ({ socket }, response) => {
    const ofSocket = bySocket.get(socket) ?? 0;
    if (active >= maxActive) throw busy('The relay is answering as many requests as it takes at once.');
    if (ofSocket >= maxOfOneConnection) throw busy('This connection has as many open requests as the relay takes.');
    active++;
    bySocket.set(socket, ofSocket + 1);
    whenOver(socket, response, () => {
      active--;
      bySocket.set(socket, (bySocket.get(socket) ?? 1) - 1);
    });
  };
}

/** Refused for now. */
export const busy = (message: string): OrillaError =>
  new OrillaError('relay.overloaded', message, { advice: 'Try again in a moment.' });
