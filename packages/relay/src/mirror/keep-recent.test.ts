import fc from 'fast-check';
import { expect, test } from 'vitest';
import { keepRecent } from './keep-recent.ts';

test('what was used longest ago goes first', () => {
  const kept = keepRecent<number>({ maxEntries: 2, maxBytes: 100 });
  kept.set('a', 1, 1);
  kept.set('b', 2, 1);
  expect(kept.get('a')).toBe(1);
  kept.set('c', 3, 1);
  expect([kept.get('a'), kept.get('b'), kept.get('c')]).toEqual([1, undefined, 3]);
});

test('few large values take the room of many small ones', () => {
  const kept = keepRecent<string>({ maxEntries: 10, maxBytes: 10 });
  for (const key of ['a', 'b', 'c']) kept.set(key, key, 3);
  kept.set('large', 'large', 8);
  expect(['a', 'b', 'c', 'large'].map((key) => kept.get(key))).toEqual([undefined, undefined, undefined, 'large']);
});

test('a value that is larger than all the room is not kept', () => {
  const kept = keepRecent<string>({ maxEntries: 10, maxBytes: 10 });
  kept.set('a', 'a', 11);
  expect(kept.get('a')).toBeUndefined();
  kept.set('b', 'b', 10);
  expect(kept.get('b')).toBe('b');
});

test('a value that takes the place of another gives its room back, and so does one that is deleted', () => {
  const kept = keepRecent<number>({ maxEntries: 10, maxBytes: 10 });
  for (let round = 0; round < 5; round++) kept.set('a', round, 9);
  expect(kept.get('a')).toBe(4);
  kept.delete('a');
  kept.delete('never');
  kept.set('b', 1, 5);
  kept.set('c', 2, 5);
  expect([kept.get('a'), kept.get('b'), kept.get('c')]).toEqual([undefined, 1, 2]);
});

test('however it is used, it holds no more than it may, and what was set last if that fits', () => {
  const step = fc.record({ key: fc.constantFrom('a', 'b', 'c', 'd', 'e'), size: fc.nat(12), drop: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const kept = keepRecent<number>({ maxEntries: 3, maxBytes: 10 });
      for (const { key, size, drop } of steps) {
        if (drop) kept.delete(key);
        else kept.set(key, size, size);
        expect(kept.get(key)).toBe(drop || size > 10 ? undefined : size);
        const sizes = ['a', 'b', 'c', 'd', 'e'].flatMap((name) => kept.get(name) ?? []);
        expect(sizes.length).toBeLessThanOrEqual(3);
        expect(sizes.reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(10);
      }
    }),
  );
});
