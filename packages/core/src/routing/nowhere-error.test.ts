import type { RouteReason } from '@orilla/contract';
import { expect, test } from 'vitest';
import { nowhereError } from './nowhere-error.ts';

const deviceOnly: RouteReason = { rule: 'privacy', verdict: 'device-only', label: 'device' };
const allowed: RouteReason = { rule: 'privacy', verdict: 'relay-allowed', label: 'organization' };
const tooLong = (promptTokens: { exact: number } | { upperBound: number }): RouteReason => ({
  rule: 'context',
  verdict: 'too-long',
  promptTokens,
  maxTokens: 256,
  contextLength: 2048,
});

test('labelled device: says that nothing was sent, why it cannot run, and what would help', () => {
  const error = nowhereError([deviceOnly, tooLong({ exact: 3000 })]);
  expect(error.code).toBe('routing.privacy-forbids');
  expect(error.message).toContain('Nothing was sent anywhere');
  expect(error.message).toContain('3000 tokens');
  expect(error.advice).toContain('Shorten');
});

test('no relay: says so', () => {
  const error = nowhereError([allowed, tooLong({ upperBound: 9000 }), { rule: 'capability', verdict: 'no-relay' }]);
  expect(error.code).toBe('routing.nowhere');
  expect(error.message).toContain('up to 9000');
  expect(error.message).toContain('no relay');
});

test.each<[RouteReason, string]>([
  [{ rule: 'fit', verdict: 'too-large', needBytes: 3e9, haveBytes: 1e9 }, '3,000 MB'],
  [{ rule: 'capability', verdict: 'unsupported', feature: 'tools' }, 'no tools'],
  [{ rule: 'capability', verdict: 'device-unavailable', missing: 'Web Workers' }, 'lacks Web Workers'],
  [{ rule: 'capability', verdict: 'device-failed', code: 'engine.load-failed' }, 'engine.load-failed'],
  [{ rule: 'capability', verdict: 'no-device-package' }, 'no package'],
])('tells of %j', (reason, words) => {
  expect(nowhereError([deviceOnly, reason]).message).toContain(words);
});
