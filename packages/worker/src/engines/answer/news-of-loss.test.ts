import { expect, test } from 'vitest';
import { deviceLost } from './answer-errors.ts';
import { newsOfLoss } from './news-of-loss.ts';

test('a loss is told, also one whose news comes behind the failure', async () => {
  const reason = deviceLost();
  const later = new Promise<never>((_, reject) => {
    setTimeout(() => reject(reason), 20);
  });
  expect(await newsOfLoss(later)).toBe(reason);
});

test('a device that is still there is no loss', async () => {
  expect(await newsOfLoss(new Promise<never>(() => undefined))).toBeNull();
});
