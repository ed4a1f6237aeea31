import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isLoopback, isOrigin, parseListen, upstreamUrlProblem } from './address.ts';

test.each([
  ['127.0.0.1:8787', { host: '127.0.0.1', port: 8787 }],
  ['localhost:0', { host: 'localhost', port: 0 }],
  ['[::1]:80', { host: '::1', port: 80 }],
  ['0.0.0.0:65535', { host: '0.0.0.0', port: 65535 }],
])('reads %s', (text, listen) => {
  expect(parseListen(text)).toEqual(listen);
});

test.each(['', '8787', ':8787', 'host', 'host:', 'host:x', 'host:65536', '::1:80', '[nope]:80', '[12]:80', 'a b:1'])(
  'does not take %j for an address',
  (text) => {
    expect(parseListen(text)).toBeUndefined();
  },
);

test('whatever it reads can be written again', () => {
  fc.assert(
    fc.property(fc.ipV4(), fc.integer({ min: 0, max: 65_535 }), (host, port) => {
      expect(parseListen(`${host}:${port}`)).toEqual({ host, port });
    }),
  );
});

test.each(['127.0.0.1', '127.1.2.3', 'localhost', 'LOCALHOST', '::1', '::ffff:127.0.0.1'])('%s is loopback', (host) => {
  expect(isLoopback(host)).toBe(true);
});

test.each(['0.0.0.0', '::', '192.168.1.4', 'example.org', '127.example.org', 'localhost.example.org', '128.0.0.1'])(
  '%s is not loopback',
  (host) => {
    expect(isLoopback(host)).toBe(false);
  },
);

test.each(['https://app.example.org', 'http://localhost:5173', 'http://127.0.0.1:8787'])('%s is an origin', (text) => {
  expect(isOrigin(text)).toBe(true);
});

test.each([
  '*',
  'null',
  '',
  'app.example.org',
  'https://app.example.org/',
  'https://APP.example.org',
  'ftp://a.example',
  'https://*.example.org/x',
])('%j is not an origin', (text) => {
  expect(isOrigin(text)).toBe(false);
});

test('an address with a password is refused without repeating it', () => {
  const problem = upstreamUrlProblem('http://me:hunter2@127.0.0.1:8000');
  expect(problem).toContain('password');
  expect(problem).not.toContain('hunter2');
});

test.each(['http://127.0.0.1:8000', 'http://127.0.0.1:8000/', 'https://kserve.example.org/openai'])(
  '%s is a base address',
  (url) => {
    expect(upstreamUrlProblem(url)).toBeUndefined();
  },
);

test.each([
  '127.0.0.1:8000',
  'file:///etc/passwd',
  'http://a/v1',
  'http://a/openai/v1/',
  'http://a/?x=1',
  'http://a/#x',
])('%s is not a base address', (url) => {
  expect(upstreamUrlProblem(url)).toMatch(/^\w.*\. \w/);
});
