import { isOrillaError } from '@orilla/contract';
import { expect, test } from 'vitest';
import { readAnswerRequest } from './answer-request.ts';

const model = { contextLength: 100, sequences: 4 };
const prompt = Array.from({ length: 40 }, () => 1);
const read = (fields: object, defaults = {}) => readAnswerRequest({ ...fields }, prompt, model, defaults);

function refused(fields: object, promptLength = 40) {
  try {
    readAnswerRequest(
      { ...fields },
      Array.from({ length: promptLength }, () => 1),
      model,
    );
  } catch (error) {
    if (isOrillaError(error)) return error;
    throw error;
  }
  return undefined;
}

test('without a limit an answer may be as long as the context has room, or as the endpoint says', () => {
  expect(read({}).choices[0]?.maxTokens).toBe(60);
  expect(read({}, { maxTokens: 16 }).choices[0]?.maxTokens).toBe(16);
  expect(read({}, { maxTokens: 99 }).choices[0]?.maxTokens).toBe(60);
});

test('the newer name of the limit goes before the older', () => {
  expect(read({ max_tokens: 5 }).choices[0]?.maxTokens).toBe(5);
  expect(read({ max_tokens: 5, max_completion_tokens: 7 }).choices[0]?.maxTokens).toBe(7);
});

test('prompt and answer together fit exactly, and one token more does not', () => {
  expect(read({ max_tokens: 60 }).choices[0]?.maxTokens).toBe(60);
  expect(refused({ max_tokens: 61 })).toMatchObject({ code: 'engine.context-exceeded', status: 400 });
  expect(refused({}, 99)).toBeUndefined();
  expect(refused({}, 100)).toMatchObject({ code: 'engine.context-exceeded' });
});

test('choices have seeds of their own', () => {
  const seeds = read({ n: 3, seed: 2 ** 32 - 1 }).choices.map(({ sampling }) => sampling.seed);
  expect(seeds).toEqual([2 ** 32 - 1, 0, 1]);
  expect(refused({ n: 5 })).toMatchObject({ code: 'capability.unsupported', param: 'n' });
});

test('a stop string alone and a list of them are the same', () => {
  expect(read({ stop: 'x' }).choices[0]?.stop).toEqual(['x']);
  expect(read({ stop: ['x', 'y'] }).choices[0]?.stop).toEqual(['x', 'y']);
  expect(read({ stop: null }).choices[0]?.stop).toEqual([]);
  expect(refused({ stop: [1] })).toMatchObject({ param: 'stop' });
  expect(refused({ stop: 'x'.repeat(1_025) })).toMatchObject({ param: 'stop' });
});

test('usage in a stream has to be asked for, and only there', () => {
  expect(read({ stream: true }).includeUsage).toBe(false);
  expect(read({ stream: true, stream_options: { include_usage: true } }).includeUsage).toBe(true);
  expect(read({ stream: true, stream_options: {} }).includeUsage).toBe(false);
  expect(refused({ stream_options: {} })).toMatchObject({ param: 'stream_options' });
  expect(refused({ stream: true, stream_options: 1 })).toMatchObject({ param: 'stream_options' });
});

test('the model is called as the request called it', () => {
  expect(read({ model: 'mine' }).model).toBe('mine');
  expect(read({}).model).toBe('');
});
