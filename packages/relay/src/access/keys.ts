import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { OrillaError, strictest } from '@orilla/contract';
import type { RelayConfig } from '../config/relay-config.ts';
import type { Principal } from './principal.ts';

/** Finds who asks. @throws OrillaError `relay.unauthorized` */
export type Authenticate = (headers: IncomingHttpHeaders) => Principal;

/** Who asks on routes that need no key, and everywhere on a relay without keys. */
export function anonymousPrincipal(privacy: RelayConfig['privacy']): Principal {
  const { ceiling } = privacy;
  return { name: null, ceiling, default: strictest(ceiling, privacy.default), cacheSalt: newSalt() };
}

/**
 * Checks API keys. Keys are known by their SHA-256 only, and all of them are compared, each in constant time, so that an
 * answer's time tells nothing about them. Without configured keys everybody is `anonymous`. This is also the one place
 * that narrows labels to those above them: a configuration need not come from a file that was checked.
 */
export function createAuthenticate(
  config: Pick<RelayConfig, 'access' | 'privacy'>,
  anonymous: Principal = anonymousPrincipal(config.privacy),
): Authenticate {
  const entries = config.access.keys.map((key) => {
    const ceiling = strictest(config.privacy.ceiling, key.ceiling);
    const principal: Principal = {
      name: key.name,
      ceiling,
      default: strictest(ceiling, key.default),
      cacheSalt: newSalt(),
    };
    return { sha256: key.sha256, principal };
  });
  if (entries.length === 0) return () => anonymous;
  // One place for every request's: making a Buffer takes longer than hashing a key. Nothing waits between writing and comparing.
  const sha256 = Buffer.alloc(32);
  return (headers) => {
    sha256.write(hash('sha256', readCredential(headers), 'binary'), 'latin1');
    let found: Principal | undefined;
    for (const entry of entries) if (timingSafeEqual(entry.sha256, sha256)) found = entry.principal;
    if (!found) throw unauthorized('The API key of this request is not one that the relay knows.');
    return found;
  };
}

/** The one place that reads a credential, whichever header it comes in. */
function readCredential(headers: IncomingHttpHeaders): string {
  const bearer = /^Bearer +([^\s]+) *$/i.exec(headers.authorization ?? '')?.[1];
  if (headers.authorization !== undefined && bearer === undefined) {
    throw unauthorized('The Authorization header of this request does not hold a bearer key.');
  }
  const own = headers['x-api-key'];
  if (Array.isArray(own) || (bearer !== undefined && own !== undefined && own !== bearer)) {
    throw unauthorized('This request carries more than one API key.');
  }
  const credential = bearer ?? own;
  if (credential === undefined || credential === '') throw unauthorized('This request carries no API key.');
  return credential;
}

function unauthorized(message: string): OrillaError {
  return new OrillaError('relay.unauthorized', message, {
    advice: 'Send a key that the operator of the relay gave you, as `Authorization: Bearer KEY`.',
  });
}

/** Lives as long as the process: nobody can compute it, so nobody can probe another's cache entries. */
const newSalt = (): string => randomBytes(32).toString('base64url');
