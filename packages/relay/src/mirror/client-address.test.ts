import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { createReadClient } from './client-address.ts';

/** A request as far as it tells where it comes from. */
function from(remoteAddress: string, forwarded?: string | string[]) {
  const socket = Object.defineProperty(new Socket(), 'remoteAddress', { value: remoteAddress });
  // Node joins repeated headers of this name.
  return { socket, headers: forwarded === undefined ? {} : { 'x-forwarded-for': String(forwarded) } };
}

const direct = createReadClient([]);

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:DB8:1:2::9', '2001:db8:1:2'],
  ['2001:db8::1', '2001:db8:0:0'],
  ['2001:0db8:0000:0002::', '2001:db8:0:2'],
  ['::1', '0:0:0:0'],
  ['fe80::1%eth0', 'fe80:0:0:0'],
])('%s is counted as %s', (address, client) => {
  expect(direct(from(address))).toBe(client);
});

test('two addresses of one household are one client, and those of two are two', () => {
  expect(direct(from('2001:db8:1:2::a'))).toBe(direct(from('2001:db8:1:2:ffff::b')));
  expect(direct(from('2001:db8:1:2::a'))).not.toBe(direct(from('2001:db8:1:3::a')));
});

test('nobody is believed who says that it forwards, unless it is a listed proxy', () => {
  expect(direct(from('192.0.2.7', '198.51.100.1'))).toBe('192.0.2.7');
  const read = createReadClient(['10.0.0.0/8']);
  expect(read(from('192.0.2.7', '198.51.100.1'))).toBe('192.0.2.7');
  expect(read(from('10.1.2.3', '198.51.100.1'))).toBe('198.51.100.1');
  expect(read(from('::ffff:10.1.2.3', '198.51.100.1'))).toBe('198.51.100.1');
});

test.each([
  ['what a client wrote itself stands before what the proxy wrote', '203.0.113.9, 198.51.100.1', '198.51.100.1'],
  ['a proxy behind a proxy is passed over', '203.0.113.9, 198.51.100.1, 10.9.9.9', '198.51.100.1'],
  ['an IPv6 client is its network', '2001:db8:1:2::a', '2001:db8:1:2'],
  ['only proxies: the farthest one asks for itself', '10.0.0.2, 10.0.0.3', '10.0.0.2'],
  ['what is no address tells nothing', 'unknown', '10.1.2.3'],
  ['what is no address before a proxy tells nothing beyond it', 'x, 10.0.0.2', '10.0.0.2'],
  ['a port that the proxy wrote does not count', '198.51.100.1:80', '198.51.100.1'],
  ['nor does one behind an IPv6 address', '[2001:db8:1:2::a]:80', '2001:db8:1:2'],
  ['an IPv6 address may stand in brackets', '[2001:db8:1:2::a]', '2001:db8:1:2'],
  ['a proxy with a port is a proxy', '203.0.113.9, 198.51.100.1:9, 10.9.9.9:80', '198.51.100.1'],
  ['what has a port and no address tells nothing', 'unknown:80', '10.1.2.3'],
  ['an empty header tells nothing', '', '10.1.2.3'],
])('behind listed proxies: %s', (_what, forwarded, client) => {
  expect(createReadClient(['10.0.0.0/8', '::1'])(from('10.1.2.3', forwarded))).toBe(client);
});

test('a proxy may be one address, of either family', () => {
  const read = createReadClient(['127.0.0.1', '2001:db8::/32']);
  expect(read(from('127.0.0.1', '198.51.100.1'))).toBe('198.51.100.1');
  expect(read(from('127.0.0.2', '198.51.100.1'))).toBe('127.0.0.2');
  expect(read(from('2001:db8::1', '198.51.100.1'))).toBe('198.51.100.1');
});
