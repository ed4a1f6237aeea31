import { encodeError, OrillaError } from '@orilla/contract';
import { expect, test } from 'vitest';
import { isCrash, loadError, requestError } from './engine-errors.ts';

const fresh = { hasBegun: false, hasSchema: false };

test('a prompt that is too long is told with both figures', () => {
  const error = new Error('request (3031 tokens) exceeds the available context size (2048 tokens), try increasing it');
  expect(requestError(error, fresh)).toMatchObject({
    code: 'engine.context-exceeded',
    message: expect.stringMatching(/takes 3031 tokens, and there are 2048/),
    param: 'messages',
  });
});

test('a context that two requests filled together is one that is exceeded', () => {
  expect(requestError(new Error('Context size has been exceeded.'), fresh)).toMatchObject({
    code: 'engine.context-exceeded',
  });
});

const refusal = new Error('Invalid typed array length: 1163217991');

test('a schema that the engine refuses is a bad request of whoever sent it', () => {
  expect(requestError(refusal, { hasBegun: false, hasSchema: true })).toMatchObject({
    code: 'protocol.bad-request',
    param: 'response_format',
  });
});

test('requests beside it only failed, and may be asked again', () => {
  const beside = [fresh, { hasBegun: true, hasSchema: true }];
  for (const request of beside)
    expect(requestError(refusal, request)).toMatchObject({ code: 'engine.failed', isRetryable: true });
});

test('the engine’s own words go no further: they may quote the prompt', () => {
  const told = requestError(new Error('Failed to parse: my secret'), fresh);
  expect(told).toMatchObject({ code: 'engine.failed' });
  expect(JSON.stringify(encodeError(told))).not.toContain('secret');
});

test.each(['(ABORT) out of memory', 'wllama has crashed, please reload the module'])('%j is a crash', (message) => {
  expect(isCrash(new Error(message))).toBe(true);
  expect(isCrash(message)).toBe(true);
});

test.each(['Invalid typed array length: 5', 'request (5 tokens) exceeds', ''])('%j is none', (message) => {
  expect(isCrash(new Error(message))).toBe(false);
});

test('aborts and errors of ours pass as they are', () => {
  for (const error of [new DOMException('stop', 'AbortError'), new OrillaError('engine.failed', 'x')]) {
    expect(requestError(error, fresh)).toBe(error);
    expect(loadError(error)).toBe(error);
  }
});

test('a load that fails is told with the cause', () => {
  const cause = new Error('(ABORT) Cannot enlarge memory');
  expect(loadError(cause)).toMatchObject({
    code: 'engine.load-failed',
    message: expect.stringContaining('Cannot enlarge memory'),
    advice: expect.any(String),
    cause,
  });
});
