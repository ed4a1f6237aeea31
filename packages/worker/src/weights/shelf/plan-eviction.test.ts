import fc from 'fast-check';
import { expect, test } from 'vitest';
import { freedBytes, type Occupant, planEviction } from './plan-eviction.ts';

const occupant = (id: string, hashes: readonly string[], rest: Partial<Occupant> = {}): Occupant => ({
  id,
  hashes,
  lastUsedMs: 0,
  isComplete: true,
  isEvictable: true,
  ...rest,
});
const sizes = new Map(['a', 'b', 'c', 'd', 'e'].map((hash) => [hash, 100]));

test('the least recently used goes first, and no more than needed', () => {
  const three = [
    occupant('new', ['a'], { lastUsedMs: 30 }),
    occupant('old', ['b'], { lastUsedMs: 10 }),
    occupant('middle', ['c'], { lastUsedMs: 20 }),
  ];
  expect(planEviction(0, three, sizes)).toEqual([]);
  expect(planEviction(100, three, sizes)).toEqual(['old']);
  expect(planEviction(101, three, sizes)).toEqual(['old', 'middle']);
  expect(planEviction(300, three, sizes)).toEqual(['old', 'middle', 'new']);
});

test('what is not complete goes before what is', () => {
  const half = occupant('half', ['a'], { lastUsedMs: 30, isComplete: false });
  const whole = occupant('whole', ['b'], { lastUsedMs: 10 });
  expect(planEviction(100, [whole, half], sizes)).toEqual(['half']);
});

test('where all that may go is not enough, nothing goes', () => {
  const kept = occupant('pinned', ['a', 'b', 'c'], { isEvictable: false });
  expect(planEviction(101, [kept, occupant('free', ['d'])], sizes)).toBeNull();
  expect(planEviction(1, [], sizes)).toBeNull();
});

test('a shared chunk is freed with the last that names it', () => {
  const one = occupant('one', ['a', 'b'], { lastUsedMs: 1 });
  const other = occupant('other', ['b', 'c'], { lastUsedMs: 2 });
  expect(planEviction(100, [one, other], sizes)).toEqual(['one']);
  expect(planEviction(101, [one, other], sizes)).toEqual(['one', 'other']);
  expect(planEviction(101, [one, { ...other, isEvictable: false }], sizes)).toBeNull();
});

test('one that would free nothing is not given up for nothing', () => {
  const shared = occupant('shared', ['a'], { lastUsedMs: 1 });
  const keeper = occupant('keeper', ['a'], { isEvictable: false });
  const free = occupant('free', ['b'], { lastUsedMs: 2 });
  expect(planEviction(100, [shared, keeper, free], sizes)).toEqual(['free']);
});

test('a chunk that is not stored frees nothing, one that is named twice frees once', () => {
  expect(planEviction(1, [occupant('lost', ['x'])], sizes)).toBeNull();
  expect(planEviction(101, [occupant('twice', ['a', 'a'])], sizes)).toBeNull();
});

const occupants = fc
  .array(
    fc.record({
      hashes: fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { maxLength: 4 }),
      lastUsedMs: fc.nat(5),
      isComplete: fc.boolean(),
      isEvictable: fc.boolean(),
    }),
    { maxLength: 6 },
  )
  .map((all) => all.map((one, index) => ({ ...one, id: String(index) })));

test('whatever there is: what goes may go, is enough, and could not be less', () => {
  fc.assert(
    fc.property(occupants, fc.nat(600), (all, bytes) => {
      const plan = planEviction(bytes, all, sizes);
      const evictable = all.filter(({ isEvictable }) => isEvictable);
      if (plan === null) return void expect(freedBytes(evictable, all, sizes)).toBeLessThan(bytes);
      const gone = all.filter(({ id }) => plan.includes(id));
      expect(gone.every(({ isEvictable }) => isEvictable)).toBe(true);
      expect(freedBytes(gone, all, sizes)).toBeGreaterThanOrEqual(bytes);
      for (const one of gone) {
        const others = gone.filter((other) => other !== one);
        expect(freedBytes(others, all, sizes)).toBeLessThan(bytes);
      }
    }),
  );
});
