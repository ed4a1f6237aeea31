import type { Tensor } from 'onnxruntime-web';
import * as ort from 'onnxruntime-web/wasm';
import { expect, test } from 'vitest';
import { KvCache } from './kv-cache.ts';
import { PrefixCache } from './prefix-cache.ts';

/** A cache that says when its memory is given back. */
function cacheOf(length: number, onFree: () => void = () => undefined): KvCache {
  const session = { ort, gpu: null, isOpen: true };
  return new KvCache(session, new Map([['past', { dispose: onFree } as Partial<Tensor> as Tensor]]), length); // nothing else of a tensor is used
}

test('finds the conversation that shares the most from the beginning on, and how much', () => {
  const cache = new PrefixCache({ most: 3 });
  const [greeting, question] = [cacheOf(3), cacheOf(4)];
  cache.keep([1, 2, 3], greeting);
  cache.keep([1, 2, 8, 9], question);
  expect(cache.find([1, 2, 8, 7])).toEqual({ kv: question, length: 3 });
  expect(cache.find([1, 2, 3, 4])).toEqual({ kv: greeting, length: 3 });
  expect(cache.find([2, 3])).toBeNull();
  expect(cache.find([])).toBeNull();
});

test('a conversation that goes on takes the place of what it went on from, whose memory is given back', () => {
  const freed: number[] = [];
  const cache = new PrefixCache({ most: 3 });
  cache.keep(
    [1, 2],
    cacheOf(2, () => freed.push(2)),
  );
  cache.keep(
    [1, 2, 3],
    cacheOf(3, () => freed.push(3)),
  );
  expect(freed).toEqual([2]);
  expect(cache.size).toBe(1);
});

test('keeps no more than it may: what was used longest ago goes', () => {
  const freed: number[] = [];
  const cache = new PrefixCache({ most: 2 });
  for (const token of [1, 2])
    cache.keep(
      [token],
      cacheOf(1, () => freed.push(token)),
    );
  cache.find([1]);
  cache.keep(
    [3],
    cacheOf(1, () => freed.push(3)),
  );
  expect(freed).toEqual([2]);
  expect(cache.find([1])).not.toBeNull();
  cache.clear();
  expect(freed.toSorted()).toEqual([1, 2, 3]);
  expect(cache.size).toBe(0);
});

test('what somebody still computes from keeps its memory until that is let go too', () => {
  let isFreed = false;
  const cache = new PrefixCache({ most: 1 });
  cache.keep(
    [1],
    cacheOf(1, () => {
      isFreed = true;
    }),
  );
  const held = cache.find([1])?.kv.hold();
  cache.clear();
  expect(isFreed).toBe(false);
  held?.release();
  expect(isFreed).toBe(true);
});
