import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { OrillaError, toWireError } from '@orilla/contract';
import type { LimitsConfig, RelayConfig } from '../config/relay-config.ts';
import { failureReason, type RelayLog } from './relay-log.ts';

/** How long an idle connection is kept for the client's next request, in milliseconds; longer than clients keep theirs. */
const keepAliveMs = 65_000;
/** Refused connections are told together, this often at most, in milliseconds. */
const refusedTellMs = 1_000;

export interface ListenerOptions {
  readonly limits: LimitsConfig;
  readonly log: RelayLog;
  readonly handle: (request: IncomingMessage, response: ServerResponse) => void;
}

/** A server whose clients may be slow, broken or too many: each costs a bounded time and a bounded place. */
export function createListener({ limits, log, handle }: ListenerOptions): Server {
  const { headerTimeoutMs, bodyTimeoutMs } = limits;
  /** The latest request of each connection, so that a connection's error is answered only where nothing was yet. */
  const latest = new WeakMap<Duplex, ServerResponse>();
  const server = createServer(
    {
      headersTimeout: headerTimeoutMs,
      requestTimeout: headerTimeoutMs + bodyTimeoutMs,
      connectionsCheckingInterval: checkEveryMs(Math.min(headerTimeoutMs, bodyTimeoutMs)),
      keepAliveTimeout: keepAliveMs,
      // A missing Host is refused by the same guard as a wrong one.
      requireHostHeader: false,
    },
    onRequest,
  );
  server.maxConnections = limits.connections;
  server.setTimeout(bodyTimeoutMs, onSilence);
  // Guards come before the client is told to send its body.
  server.on('checkContinue', onRequest);
  server.on('clientError', onClientError);
  countRefused(server, log);

  function onRequest(request: IncomingMessage, response: ServerResponse): void {
    latest.set(request.socket, response);
    handle(request, response);
  }

  /**
   * Nothing has moved on a connection for a while. While a model thinks that is as it should be, and requests that come
   * slowly have limits of their own; but a client that does not take what was sent to it holds a place that others need.
   */
  function onSilence(socket: Socket): void {
    const response = latest.get(socket);
    const isIdle = response?.writableFinished === true;
    if (isIdle || socket.writableLength > 0) socket.destroy();
  }

  function onClientError(error: NodeJS.ErrnoException, socket: Duplex): void {
    const reason = failureReason(error);
    if (reason !== 'ECONNRESET') log('info', { event: 'bad-connection', reason });
    const response = latest.get(socket);
    const isAnswering = response?.headersSent && !response.writableFinished;
    if (!socket.writable || isAnswering || reason === 'ECONNRESET') {
      socket.destroy();
      return;
    }
    const refusal = connectionError(reason);
    const { status } = refusal;
    const json = JSON.stringify(toWireError(refusal));
    const head = `HTTP/1.1 ${status} ${statusWords[status] ?? 'Bad Request'}\r\nConnection: close\r\nContent-Type: application/json`;
    socket.end(`${head}\r\nContent-Length: ${Buffer.byteLength(json)}\r\n\r\n${json}`, () => socket.destroy());
  }

  return server;
}

/** Starts listening. @throws OrillaError `relay.failed` where the address can't be had */
export function listen(server: Server, { host, port }: RelayConfig['listen']): Promise<{ host: string; port: number }> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      const message = `The relay can't listen on ${host} port ${port} (${failureReason(cause)}).`;
      const advice = 'Stop what uses the address, or set `listen` in the configuration to another one.';
      reject(new OrillaError('relay.failed', message, { advice, cause }));
    });
    server.listen({ host, port }, () => {
      const address = server.address();
      resolve({ host, port: typeof address === 'object' && address !== null ? address.port : port });
    });
  });
}

/** Often enough that a slow client is noticed not much later than it should be. */
const checkEveryMs = (timeoutMs: number): number => Math.round(Math.max(20, Math.min(1_000, timeoutMs / 4)));

const statusWords: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  413: 'Content Too Large',
};

function connectionError(reason: string): OrillaError {
  switch (reason) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new OrillaError('protocol.slow-sender', 'The request did not arrive in time.', {
        advice: 'Send it again.',
      });
    case 'HPE_HEADER_OVERFLOW':
      return new OrillaError('protocol.too-large', 'The headers of this request are too large.');
    default:
      return new OrillaError('protocol.bad-request', 'This is not a request in HTTP/1.1.');
  }
}

function countRefused(server: Server, log: RelayLog): void {
  let count = 0;
  server.on('drop', () => {
    count++;
    if (count > 1) return;
    const tell = (): void => {
      log('warn', { event: 'connections-refused', count });
      count = 0;
    };
    setTimeout(tell, refusedTellMs).unref();
  });
}

/** Accepts no more connections and closes idle ones; resolves once the last one is gone. */
export function closeListener(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}
