import { expect, test } from 'vitest';
import { describePoint, faultKinds, faultPoints, packageKinds, storeKinds } from './fault-points.ts';

const options = { seed: 1, chunks: 12, chunkBytes: 1_000 };
const all = faultPoints({ ...options, runs: 240 });

test('one round meets every chunk, at its boundary and inside, with every fault, alone and beside others', () => {
  const met = new Set(
    all.map(({ kind, downloads, chunk, afterBytes }) => `${kind} ${downloads} ${chunk} ${afterBytes > 0}`),
  );
  expect(met.size).toBe(faultKinds.length * 2 * 12 * 2);
});

test('the same seed gives the same points, also in a shorter run; another seed gives others', () => {
  expect(faultPoints({ ...options, runs: 240 })).toEqual(all);
  expect(faultPoints({ ...options, runs: 7 })).toEqual(all.slice(0, 7));
  expect(faultPoints({ ...options, seed: 2, runs: 7 })).not.toEqual(all.slice(0, 7));
});

test('more runs than cases begin a new round', () => {
  const more = faultPoints({ ...options, runs: 300 });
  expect(more).toHaveLength(300);
  expect(more.map(({ index }) => index)).toEqual(Array.from({ length: 300 }, (_, index) => index));
});

test('a place inside is inside, and the download is one of those that run', () => {
  for (const { afterBytes, download, downloads } of all) {
    expect(afterBytes).toBeLessThan(1_000);
    expect(download).toBeLessThan(downloads);
  }
});

test('a few points have every kind of package in every kind of store', () => {
  const few = new Set(all.slice(0, 6).map(({ packageKind, storage }) => `${packageKind} ${storage}`));
  expect(few.size).toBe(packageKinds.length * storeKinds.length);
});

test('says what happens and where', () => {
  const what = { packageKind: 'quarantine', storage: 'opfs' } as const;
  const point = { index: 3, kind: 'server', ...what, downloads: 4, download: 1, chunk: 5, afterBytes: 9 } as const;
  expect(describePoint(point)).toBe('the server goes 9 bytes into chunk 5 of download 2 of 4 (quarantine, opfs)');
  expect(describePoint({ ...point, downloads: 1, download: 0, afterBytes: 0 })).toBe(
    'the server goes before chunk 5 (quarantine, opfs)',
  );
});
