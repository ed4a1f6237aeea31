import { isIP } from 'node:net';

/** An address to listen on. */
export interface Listen {
  readonly host: string;
  readonly port: number;
}

/** Reads `host:port` or `[v6]:port`; `undefined` where it is neither. */
export function parseListen(value: string): Listen | undefined {
  const match = /^(?:\[([0-9a-f:.]+)\]|([^:[\]\s]+)):(\d{1,5})$/i.exec(value);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (host === undefined || port > 65_535) return undefined;
  if (match?.[1] !== undefined && isIP(host) !== 6) return undefined;
  return { host, port };
}

/** Whether only this machine can reach a listener on that address. */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^::ffff:/i, '');
  return bare.toLowerCase() === 'localhost' || bare === '::1' || (isIP(bare) === 4 && bare.startsWith('127.'));
}

/** Whether a text is exactly one web origin, as browsers send it. */
export function isOrigin(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const url = new URL(value);
  return (url.protocol === 'http:' || url.protocol === 'https:') && url.origin === value;
}

/** What is wrong with an upstream's base address, and what to do; `undefined` where nothing is. The address is not echoed: it may hold a password. */
export function upstreamUrlProblem(value: string): string | undefined {
  if (!URL.canParse(value)) return 'is not an address. Write for example http://127.0.0.1:8000.';
  const url = new URL(value);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return 'must begin with http:// or https://. Correct it.';
  if (url.username !== '' || url.password !== '')
    return 'holds a name or password. Remove it, and write apiKeyFrom: {env: NAME} or {file: PATH} beside it.';
  if (url.search !== '' || url.hash !== '')
    return 'must not have a query or fragment. Remove what stands after ? or #.';
  if (/\/v1\/*$/.test(url.pathname)) return 'must be the base address: /v1 is added by the relay. Remove it.';
  return undefined;
}
