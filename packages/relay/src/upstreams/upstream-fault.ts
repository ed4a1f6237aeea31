import { OrillaError } from '@orilla/contract';

/**
 * What a connection that failed after the request was on it means for the client.
 * @param reason the failure's own word, e.g. `ECONNRESET`
 */
export function connectionFault(reason: string, isStream: boolean): OrillaError {
  if (reason === 'UND_ERR_HEADERS_TIMEOUT' || reason === 'UND_ERR_BODY_TIMEOUT') {
    return new OrillaError('relay.upstream-timeout', 'The model server went silent.', { advice: 'Ask again.' });
  }
  if (reason === 'unknown') return new OrillaError('relay.failed', 'The relay itself made a mistake.');
  const code = isStream ? 'protocol.broken-stream' : 'relay.upstream-failed';
  return new OrillaError(code, 'The connection to the model server broke before the answer was complete.', {
    advice: 'Ask again.',
  });
}

export function unreachable(): OrillaError {
  return new OrillaError('relay.upstream-unreachable', 'The model server can not be reached.', {
    advice: 'Try again in a moment; the operator may have to start it.',
  });
}

/** Something that a model server must not do. */
export function upstreamFault(what: string): OrillaError {
  return new OrillaError('relay.upstream-failed', `The model server ${what}.`);
}

/** The body of an error, or nothing where it is an error page of a proxy, for example: the status alone has to do. */
export function parseOrNothing(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** Why an upstream's connection is closed: reasons that nobody but the library sees. */
export const clientLeft = () => new DOMException('The client left.', 'AbortError');
export const answeredAlready = () => new DOMException('The client has its answer already.', 'AbortError');
