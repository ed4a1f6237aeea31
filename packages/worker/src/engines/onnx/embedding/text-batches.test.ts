import fc from 'fast-check';
import { expect, test } from 'vitest';
import { textBatches } from './text-batches.ts';

test('every text is in one batch, and no batch of several is larger than it may be, padding included', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 300 })),
      fc.integer({ min: 1, max: 1000 }),
      (lengths, mostTokens) => {
        const batches = textBatches(lengths, { mostTokens });
        expect(batches.flat().sort((a, b) => a - b)).toEqual([...lengths.keys()]);
        for (const batch of batches) {
          const width = Math.max(...batch.map((index) => lengths[index] ?? 0));
          expect(batch.length === 1 || batch.length * width <= mostTokens).toBe(true);
        }
      },
    ),
  );
});

test('texts of one length fill their batches', () => {
  expect(textBatches([5, 5, 5, 5, 5], { mostTokens: 10 }).map(({ length }) => length)).toEqual([2, 2, 1]);
  expect(textBatches([], { mostTokens: 10 })).toEqual([]);
});
