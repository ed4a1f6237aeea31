import { expect, test } from 'vitest';
import { kvTruncation } from './kv-truncation.ts';

/** The private parts of WebLLM that are used; that the real one has them is tested in a browser. */
function mlcWith(changes: object = {}) {
  const called: unknown[] = [];
  const tvm = {
    beginScope: () => called.push('begin'),
    endScope: () => called.push('end'),
    getGlobalFunc:
      (name: string) =>
      (...args: readonly unknown[]) =>
        called.push([name, ...args]),
    scalar: (value: number, type: string) => `${type} ${value}`,
  };
  const pipeline = { filledKVCacheLength: 9, slidingWindowSize: -1, kvCache: 'cache', tvm, ...changes };
  return { mlc: { loadedModelIdToPipeline: new Map([['m', pipeline]]) }, pipeline, called };
}

test('drops tokens from the end of the one sequence, and WebLLM knows how many are left', () => {
  const { mlc, pipeline, called } = mlcWith();
  kvTruncation(mlc, 'm')?.(4);
  expect(called).toEqual(['begin', ['vm.builtin.kv_state_popn', 'cache', 'int64 0', 'int32 4'], 'end']);
  expect(pipeline.filledKVCacheLength).toBe(5);
});

test.each([
  ['a state that can’t be shortened', { rnnState: {} }],
  ['a sliding window', { slidingWindowSize: 512 }],
  ['no cache', { kvCache: undefined }],
  ['another runtime', { tvm: { beginScope: () => undefined } }],
  ['another way to count', { filledKVCacheLength: undefined }],
])('there is no such thing with %s', (_, changes) => {
  expect(kvTruncation(mlcWith(changes).mlc, 'm')).toBeNull();
});

test('there is none in a WebLLM that is built otherwise', () => {
  expect(kvTruncation({}, 'm')).toBeNull();
  expect(kvTruncation(mlcWith().mlc, 'other')).toBeNull();
});
