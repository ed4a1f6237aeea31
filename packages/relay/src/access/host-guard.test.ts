import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { allowedHosts, checkHost } from './host-guard.ts';

// The guard reads nothing but the headers of a request.
const requestTo = (host: string | undefined) => ({ headers: { host } }) as IncomingMessage;

test('on loopback the names of this machine are answered, with the port', () => {
  const hosts = allowedHosts({ hosts: [], listen: { host: '127.0.0.1', port: 8787 } });
  for (const host of ['127.0.0.1:8787', 'localhost:8787', 'LocalHost:8787', '[::1]:8787']) {
    expect(() => checkHost(requestTo(host), hosts)).not.toThrow();
  }
});

test.each(['evil.example:8787', '127.0.0.1', '127.0.0.1:80', 'localhost.evil.example:8787', '', undefined])(
  'a rebound or missing name is refused: %j',
  (host) => {
    const hosts = allowedHosts({ hosts: [], listen: { host: '127.0.0.1', port: 8787 } });
    expect(() => checkHost(requestTo(host), hosts)).toThrowError(expect.objectContaining({ code: 'relay.wrong-host' }));
  },
);

test('elsewhere only configured names are answered', () => {
  const hosts = allowedHosts({ hosts: ['Relay.example.org'], listen: { host: '0.0.0.0', port: 8787 } });
  expect(() => checkHost(requestTo('relay.example.org'), hosts)).not.toThrow();
  expect(() => checkHost(requestTo('127.0.0.1:8787'), hosts)).toThrow();
});

test('on port 80 browsers leave the port out', () => {
  const hosts = allowedHosts({ hosts: [], listen: { host: '127.0.0.1', port: 80 } });
  expect(() => checkHost(requestTo('localhost'), hosts)).not.toThrow();
});

test('the message does not repeat the name that was sent', () => {
  expect(() => checkHost(requestTo('secret-name'), new Set())).toThrowError(/^(?!.*secret-name)/);
});
