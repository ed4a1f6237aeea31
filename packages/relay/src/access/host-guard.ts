import type { IncomingMessage } from 'node:http';
import { OrillaError } from '@orilla/contract';
import { isLoopback } from '../config/address.ts';

/** The `Host` values that the relay answers to, in lower case. Port 80 goes without saying in a browser's `Host`. */
export function allowedHosts(config: {
  readonly hosts: readonly string[];
  readonly listen: { host: string; port: number };
}) {
  const { hosts, listen } = config;
  const names = isLoopback(listen.host) ? ['127.0.0.1', 'localhost', '[::1]'] : [];
  const own = names.flatMap((name) => (listen.port === 80 ? [name, `${name}:80`] : [`${name}:${listen.port}`]));
  return new Set([...hosts.map((host) => host.toLowerCase()), ...own]);
}

/**
 * A page that rebinds its own name to this machine's address is told apart by the `Host` it sends.
 * @throws OrillaError `relay.wrong-host`
 */
export function checkHost(request: IncomingMessage, hosts: ReadonlySet<string>): void {
  const { host } = request.headers;
  if (host !== undefined && (hosts.has(host) || hosts.has(host.toLowerCase()))) return;
  throw new OrillaError('relay.wrong-host', 'The relay does not answer to the host name of this request.', {
    advice: 'Use an address that the relay is configured for, or add the name to `hosts` in its configuration.',
  });
}
