import { expect, test } from 'vitest';
import { type Allocator, learnMemory } from './memory-probe.ts';

const MiB = 1024 ** 2;

/** A device with this much memory. */
function device(memoryBytes: number, stepMs = 0) {
  const asked: number[] = [];
  const clock = { ms: 0 };
  let taken = 0;
  let most = 0;
  let frees = 0;
  const allocator: Allocator = {
    async allocate(bytes) {
      asked.push(bytes);
      clock.ms += stepMs;
      if (taken + bytes > memoryBytes) return false;
      taken += bytes;
      most = Math.max(most, taken);
      return true;
    },
    free() {
      taken = 0;
      frees += 1;
    },
  };
  return { allocator, asked, now: () => clock.ms, most: () => most, taken: () => taken, frees: () => frees };
}

test.each([0, 15, 16, 100, 255, 256, 257, 1_000, 3_333])('of %i MiB it finds all but a step', async (mib) => {
  const { allocator, now, taken } = device(mib * MiB);
  const learned = await learnMemory(allocator, { ceilingBytes: 4_096 * MiB, now });
  expect(learned).toBeLessThanOrEqual(mib * MiB);
  expect(learned).toBeGreaterThan((mib - 16) * MiB);
  expect(taken()).toBe(0);
});

test('never takes more than the ceiling, whatever there is, nor asks for more', async () => {
  const { allocator, asked, most, now } = device(64_000 * MiB);
  expect(await learnMemory(allocator, { ceilingBytes: 1_000 * MiB, now })).toBe(1_000 * MiB);
  expect(most()).toBe(1_000 * MiB);
  expect(asked).toHaveLength(4);
});

test('on a device where that takes long nothing is learned, and nothing kept', async () => {
  const { allocator, asked, now, frees } = device(64_000 * MiB, 900);
  expect(await learnMemory(allocator, { ceilingBytes: 32_000 * MiB, timeLimitMs: 2_000, now })).toBeNull();
  expect(asked).toHaveLength(3);
  expect(frees()).toBe(1);
});

test('gives back what it took when the device breaks in the middle', async () => {
  const { allocator, frees } = device(64_000 * MiB);
  const broken = { ...allocator, allocate: () => Promise.reject(new Error('lost')) };
  await expect(learnMemory(broken, { ceilingBytes: 1_000 * MiB })).rejects.toThrow('lost');
  expect(frees()).toBe(1);
});
