import { encodeError, OrillaError } from '@orilla/contract';
import { expect, test } from 'vitest';
import { isCrash, loadError, requestError, tellsOfLostDevice } from './engine-errors.ts';

const fresh = { hasBegun: false, schemaField: null, hasLogprobs: false };

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
  expect(requestError(refusal, { ...fresh, schemaField: 'response_format' as const })).toMatchObject({
    code: 'protocol.bad-request',
    param: 'response_format',
  });
});

test('so is one of a tool that must be called', () => {
  expect(requestError(refusal, { ...fresh, schemaField: 'tools' })).toMatchObject({
    code: 'protocol.bad-request',
    param: 'tools',
  });
});

test('requests beside it only failed, and may be asked again', () => {
  const beside = [fresh, { ...fresh, hasBegun: true, schemaField: 'response_format' as const }];
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

test('a token that is a part of a character has no log probability that the engine could write', () => {
  expect(requestError(refusal, { ...fresh, hasBegun: true, hasLogprobs: true })).toMatchObject({
    code: 'capability.unsupported',
    param: 'logprobs',
  });
});

test('a crash is told as one, and memory that ran out as that', () => {
  expect(requestError(new Error('(ABORT) null function'), fresh)).toMatchObject({ code: 'engine.crashed' });
  for (const words of ['(ABORT) Cannot enlarge memory arrays', 'std::bad_alloc', 'failed to allocate compute buffers'])
    for (const told of [requestError(new Error(words), fresh), loadError(new Error(words))])
      expect(told).toMatchObject({ code: 'engine.out-of-memory', advice: expect.any(String) });
});

test('knows the line in which llama.cpp says that the GPU is gone', () => {
  expect(tellsOfLostDevice('ggml_webgpu: Device lost! Reason: 1, Message: gone')).toBe(true);
  expect(tellsOfLostDevice('ggml_webgpu: Device error! Reason: 2')).toBe(false);
});

test('a load that fails is told with the cause', () => {
  const cause = new Error('llama.cpp refused the file');
  expect(loadError(cause)).toMatchObject({
    code: 'engine.load-failed',
    message: expect.stringContaining('llama.cpp refused the file'),
    advice: expect.any(String),
    cause,
  });
});
