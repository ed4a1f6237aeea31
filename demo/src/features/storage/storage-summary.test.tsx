import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { StorageSummary } from './storage-summary.tsx';
import type { StorageRoom } from './use-storage-room.ts';

const summary = (room: StorageRoom | null, { isKept = false, budgetBytes = undefined as number | undefined } = {}) =>
  renderToStaticMarkup(
    <StorageSummary storedBytes={98_362_432} room={room} isKept={isKept} budgetBytes={budgetBytes} />,
  ).replace(/[\u00a0\u202f]/g, ' ');

test('tells what the models take, by what is stored of them, and what is free', () => {
  const markup = summary({ usageBytes: 1_200_000_000, quotaBytes: 12_000_000_000 });
  for (const text of ['98.4 MB of models', '10.8 GB free']) expect(markup).toContain(text);
  expect(markup).toMatch(/<meter[^>]*value="98362432"[^>]*max="10898362432"/);
});

test('says so where the browser does not tell', () => {
  const markup = summary(null);
  expect(markup).toContain('98.4 MB of models');
  expect(markup).toContain('This browser doesn&#x27;t say how much room there is.');
  expect(markup).not.toContain('<meter');
});

test('says whether the browser keeps it, and no more than it knows', () => {
  expect(summary(null, { isKept: true })).toContain('promised to delete nothing by itself');
  expect(summary(null)).toContain('may delete models when the disk is nearly full');
});

test('tells the bound that the app set, where it set one', () => {
  expect(summary(null, { budgetBytes: 5_000_000_000 })).toContain('All models together may take 5.0 GB.');
  expect(summary(null)).not.toContain('All models together');
});

test('an estimate that is over its quota is full, not less than nothing', () => {
  expect(summary({ usageBytes: 20, quotaBytes: 10 })).toContain('0B free');
  expect(summary({ usageBytes: 0, quotaBytes: 0 })).not.toContain('NaN');
});
