import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

/** Names the client that a request comes from, so that what it took can be counted. */
export type ReadClient = (request: Pick<IncomingMessage, 'headers' | 'socket'>) => string;

/**
 * A client is known by its IPv4 address, or by the first 64 bits of its IPv6 address: whoever has one of those has all that
 * begin with them. `X-Forwarded-For` is read from its end, as long as proxies of ours wrote it; anybody can write the rest.
 * @param proxies addresses, and networks such as `10.0.0.0/8`
 */
export function createReadClient(proxies: readonly string[]): ReadClient {
  const trusted = new BlockList();
  for (const proxy of proxies) {
    const [address = '', length] = proxy.split('/');
    const family = familyOf(address);
    if (length === undefined) trusted.addAddress(address, family);
    else trusted.addSubnet(address, Number(length), family);
  }
  const isProxy = (address: string) => proxies.length > 0 && trusted.check(address, familyOf(address));

  return ({ headers, socket }) => {
    let client = plain(socket.remoteAddress ?? '');
    const forwarded = isProxy(client) ? [headers['x-forwarded-for'] ?? []].flat().join(',').split(',') : [];
    for (const entry of forwarded.toReversed()) {
      const address = plain(withoutPort(entry.trim()));
      if (isIP(address) === 0) break;
      client = address;
      if (!isProxy(address)) break;
    }
    return isIP(client) === 6 ? network64(client) : client;
  };
}

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

/** An IPv4 address that an IPv6 socket tells in its own way; an address without the name of its network card. */
const plain = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');

/** Some proxies write the port as well: `198.51.100.1:80`, `[2001:db8::1]:80`. */
function withoutPort(entry: string): string {
  const [, inBrackets, before] = /^\[([^\]]*)\](?::\d+)?$|^([^:]*):\d+$/.exec(entry) ?? [];
  return inBrackets ?? before ?? entry;
}

/** The first four groups of an IPv6 address. */
function network64(address: string): string {
  const [head = '', tail] = address.toLowerCase().split('::');
  const first = head === '' ? [] : head.split(':');
  const last = tail === undefined || tail === '' ? [] : tail.split(':');
  const missing = tail === undefined ? 0 : 8 - first.length - last.length;
  const groups = [...first, ...Array<string>(Math.max(0, missing)).fill('0'), ...last];
  return groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':');
}
