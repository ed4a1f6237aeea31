import type { IncomingMessage, ServerResponse } from 'node:http';
import { OrillaError, toWireError } from '@orilla/contract';
import type { HeaderList } from './answer.ts';
import { BodyCollector } from './body-collector.ts';

/** How long what a client still sends after a refusal is thrown away, so that it gets to read the refusal, in milliseconds. */
const lingerMs = 2_000;

/**
 * Reads a request's body, holding never more than `maxBytes` of it.
 * @throws OrillaError `protocol.too-large`; AbortError where the client left before the end
 */
export function readBody(
  request: IncomingMessage,
  response: ServerResponse,
  { maxBytes }: { readonly maxBytes: number },
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const declared = Number(request.headers['content-length'] ?? 0);
    if (declared > maxBytes) {
      reject(tooLarge(maxBytes));
      return;
    }
    if (request.headers.expect !== undefined) response.writeContinue();
    const body = new BodyCollector(maxBytes);
    const onData = (chunk: Buffer): void => {
      if (body.push(chunk)) return;
      request.off('data', onData);
      reject(tooLarge(maxBytes));
    };
    request.on('data', onData);
    request.on('end', () => resolve(body.bytes()));
    request.on('close', () => {
      if (!request.complete) reject(new DOMException('The client left.', 'AbortError'));
    });
  });
}

/**
 * Refuses a body that is too large. Closing at once would make the client's system drop the answer before the client
 * reads it: what still comes is thrown away for a moment first, and never kept.
 */
export function refuseLargeBody(
  request: IncomingMessage,
  response: ServerResponse,
  error: OrillaError,
  headers: HeaderList,
): void {
  const json = Buffer.from(JSON.stringify(toWireError(error)));
  const own = ['Content-Type', 'application/json', 'Content-Length', String(json.length)];
  if (!headers.includes('Connection')) own.push('Connection', 'close');
  response.writeHead(error.status, [...headers, ...own]);
  response.write(json);
  const finish = (): void => {
    clearTimeout(timer);
    response.end();
  };
  const timer = setTimeout(finish, lingerMs);
  response.once('close', () => clearTimeout(timer));
  request.once('end', finish);
  request.resume();
}

function tooLarge(maxBytes: number): OrillaError {
  return new OrillaError('protocol.too-large', `The request body is larger than ${maxBytes} bytes.`, {
    advice: 'Send less, or raise `limits.bodyBytes` in the configuration of the relay.',
  });
}
