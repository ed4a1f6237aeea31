import type { IncomingMessage, ServerResponse } from 'node:http';
import { OrillaError } from '@orilla/contract';
import type { MirrorLimitsConfig } from '../config/relay-config.ts';
import { busy } from '../http/admission.ts';
import { whenOver } from '../http/when-over.ts';
import { createReadClient } from './client-address.ts';

/** What keeps one client from taking all of the mirror, and the mirror from taking all of the relay. */
export interface MirrorLimits {
  /** Counts a request. @throws OrillaError `relay.rate-limited`, with `Retry-After` set */
  countRequest(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /**
   * Takes a place for sending a file, until the response is over or its connection gone; false, and no place is taken, where that is so
   * already.
   * @throws OrillaError `relay.rate-limited`, `relay.overloaded`
   */
  takeTransfer(request: IncomingMessage, response: ServerResponse): boolean;
}

/** Where more clients ask, the one that came first is forgotten and counted anew. A client takes less than a kilobyte. */
const maxClients = 50_000;

export interface MirrorLimitsOptions {
  readonly maxClients?: number;
}

/** Loads the limiter, which only a relay with a mirror needs. */
export async function createMirrorLimits(
  config: MirrorLimitsConfig,
  { maxClients: most = maxClients }: MirrorLimitsOptions = {},
): Promise<MirrorLimits> {
  const { RateLimiterMemory, RateLimiterRes } = await import('rate-limiter-flexible');
  const limiter = new RateLimiterMemory({ points: config.requestsPerMinute, duration: 60 });
  /** Whom the limiter knows, first come first; it has no bound of its own. */
  const known = new Set<string>();
  const readClient = createReadClient(config.proxies);
  const transfers = new Map<string, number>();
  let active = 0;

  async function remember(client: string): Promise<void> {
    if (known.has(client)) return;
    known.add(client);
    if (known.size <= most) return;
    const [oldest = client] = known;
    known.delete(oldest);
    await limiter.delete(oldest);
  }

  return {
    async countRequest(request, response) {
      const client = readClient(request);
      await remember(client);
      try {
        await limiter.consume(client);
      } catch (refused) {
        if (!(refused instanceof RateLimiterRes)) throw refused;
        throw tooMuch(response, Math.ceil(refused.msBeforeNext / 1000), 'This address asked the mirror too often.');
      }
    },
    takeTransfer(request, response) {
      const { socket } = request;
      // What is closed does not tell so again: its place would never be given back.
      if (response.destroyed || socket.destroyed) return false;
      const client = readClient(request);
      const ofClient = transfers.get(client) ?? 0;
      if (ofClient >= config.transfersPerClient)
        throw tooMuch(response, 1, 'This address has as many downloads from the mirror as it gets at the same time.');
      if (active >= config.transfers) throw busy('The mirror sends as many files as it may at the same time.');
      active++;
      transfers.set(client, ofClient + 1);
      whenOver(socket, response, () => {
        active--;
        const left = (transfers.get(client) ?? 1) - 1;
        if (left === 0) transfers.delete(client);
        else transfers.set(client, left);
      });
      return true;
    },
  };
}

function tooMuch(response: ServerResponse, retrySeconds: number, message: string): OrillaError {
  response.setHeader('Retry-After', String(Math.max(1, retrySeconds)));
  return new OrillaError('relay.rate-limited', message, {
    advice: 'Wait as long as Retry-After says and go on; limits are set under `mirror.limits`.',
  });
}
