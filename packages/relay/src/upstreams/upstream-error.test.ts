import fc from 'fast-check';
import { expect, test } from 'vitest';
import { claimedStatus, fromUpstreamError, isUpstreamError } from './upstream-error.ts';

const vllmTooLong = {
  error: {
    message: "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens.",
    type: 'BadRequestError',
    param: 'input_tokens',
    code: 400,
  },
};

test.each([
  ['vLLM, input too long', 400, vllmTooLong],
  [
    'vLLM, max_tokens too large',
    400,
    { error: { message: "'max_tokens' is too large: 9 > maximum model length", param: 'max_tokens', code: 400 } },
  ],
  ['llama-server', 400, { error: { message: 'the request exceeds', type: 'exceed_context_size_error', code: 400 } }],
  ['OpenAI', 400, { error: { message: 'too long', type: 'invalid_request_error', code: 'context_length_exceeded' } }],
  ['flat', 400, { object: 'error', message: 'maximum context length is 10', type: 'BadRequestError', code: 400 }],
])('a too long prompt is told as one: %s', (_name, status, body) => {
  expect(fromUpstreamError(status, body)).toMatchObject({
    code: 'engine.context-exceeded',
    param: 'messages',
    status: 400,
  });
});

test('a bad max_tokens is not taken for a long prompt', () => {
  const body = { error: { message: 'max_tokens must be at least 1, got -1.', param: 'max_tokens', code: 400 } };
  expect(fromUpstreamError(400, body)).toMatchObject({ code: 'relay.rejected', param: 'max_tokens' });
});

test.each([
  [401, { error: 'Unauthorized' }, 'relay.upstream-failed', 502],
  [403, {}, 'relay.upstream-failed', 502],
  [404, { error: { message: 'The model `/srv/secret` does not exist', param: 'model' } }, 'relay.upstream-failed', 502],
  [302, undefined, 'relay.upstream-failed', 502],
  [429, {}, 'relay.rate-limited', 429],
  [503, { error: { code: 503, message: 'Loading model', type: 'unavailable_error' } }, 'relay.overloaded', 503],
  [504, 'gateway', 'relay.upstream-timeout', 504],
  [501, {}, 'relay.not-implemented', 501],
  [500, { error: { message: 'Traceback /usr/lib/secret.py' } }, 'relay.upstream-failed', 502],
  [499, { error: 'client closed' }, 'relay.upstream-failed', 502],
  [422, { error: { message: 'bad temperature', param: 'temperature' } }, 'relay.rejected', 400],
])('status %i with %j becomes %s', (status, body, code, ownStatus) => {
  const error = fromUpstreamError(status, body);
  expect(error).toMatchObject({ code, status: ownStatus });
  expect(error.message).not.toContain('secret');
});

test('a message about the caller’s own request is kept while it is short', () => {
  expect(fromUpstreamError(400, { error: { message: 'bad seed', param: 'seed' } }).message).toBe('bad seed');
  expect(fromUpstreamError(400, { error: 'a string' }).message).toBe('a string');
  const long = fromUpstreamError(400, { error: { message: 'x'.repeat(5000) } });
  expect(long.message).toBe('The model server refused this request.');
});

test('whatever an upstream sends becomes an error of ours', () => {
  fc.assert(
    fc.property(fc.integer({ min: 300, max: 999 }), fc.anything(), (status, body) => {
      const error = fromUpstreamError(status, body);
      expect(error.status).toBeGreaterThanOrEqual(400);
      expect(error.message.length).toBeLessThanOrEqual(1000);
      expect(claimedStatus(body)).toBeGreaterThanOrEqual(400);
    }),
  );
});

test('an error dressed as a success is recognised', () => {
  expect(isUpstreamError({ error: 'no' })).toBe(true);
  expect(isUpstreamError({ object: 'error', message: 'no' })).toBe(true);
  expect(isUpstreamError({ error: null, choices: [] })).toBe(false);
  expect(isUpstreamError({ object: 'chat.completion' })).toBe(false);
  expect(isUpstreamError(null)).toBe(false);
  expect(claimedStatus({ error: { code: 400 } })).toBe(400);
  expect(claimedStatus({ error: { code: '503' } })).toBe(503);
  expect(claimedStatus({ error: { code: 'rate_limit' } })).toBe(500);
  expect(claimedStatus({ object: 'error', code: 422 })).toBe(422);
});
