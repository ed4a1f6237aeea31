import { expect, test } from 'vitest';
import { suggest } from './suggest.ts';

const keys = ['listen', 'hosts', 'access', 'upstreams', 'models', 'limits', 'privacy', 'mirror', 'app'];

test.each([
  ['upstream', 'upstreams'],
  ['upstraems', 'upstreams'],
  ['Listen', 'listen'],
  ['model', 'models'],
  ['privcy', 'privacy'],
  ['ap', 'app'],
])('takes %s for %s', (word, meant) => {
  expect(suggest(word, keys)).toBe(meant);
});

test.each(['telemetry', 'x', '', 'database'])('has nothing to say about %j', (word) => {
  expect(suggest(word, keys)).toBeUndefined();
});

test('takes the nearest of several', () => {
  expect(suggest('zones', ['zone', 'ozone', 'zones'])).toBe('zones');
});

test('has nothing to say without candidates', () => {
  expect(suggest('zone', [])).toBeUndefined();
});
