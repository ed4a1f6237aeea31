import { expect, test } from 'vitest';
import { type WeightsFigures, weightsRows } from './weights-rows.ts';

const MiB = 1024 ** 2;
const figures: WeightsFigures = {
  bytes: 200e6,
  chunkBytes: 8 * MiB,
  times: {
    download: {
      ours: [1000, 2000],
      webLlm: [900, 900],
      wllama: [2000, 2000],
      cacheApi: [800, 2000],
      oursOpfs: [500, 500],
    },
    open: { ours: [300, 300], webLlm: [400, 600], wllama: [250, 150], cacheApi: [100, 100], oursOpfs: [90, 90] },
    hash: [400, 500],
  },
  refetch: { ours: [110e6], webLlm: [150e6], wllama: [200e6], cacheApi: [200e6], oursOpfs: [120e6] },
  memory: {
    ours: [60e6, 70e6],
    webLlm: [90e6, 90e6],
    wllama: [40e6, 40e6],
    cacheApi: [500e6, 500e6],
    oursOpfs: [50e6, 50e6],
  },
  paced: { ours: [5_000, 4_000], cacheApi: [4_000, 4_000] },
  missing: {},
};
const row = (id: string, changed: Partial<WeightsFigures> = {}) =>
  weightsRows({ ...figures, ...changed }).find((one) => one.id === id);

test('every figure of the bench has its row, in its unit', () => {
  expect(weightsRows(figures).map(({ id, unit }) => `${id} ${unit}`)).toEqual([
    'weights.download MB/s',
    'weights.download.paced MB/s',
    'weights.sha256.share %',
    'weights.open ms',
    'weights.refetch MB',
    'weights.memory MB',
  ]);
});

test('downloads are told as throughputs, and ours is divided by a plain fetch, pair by pair', () => {
  const download = row('weights.download');
  expect(download).toMatchObject({ ours: 150, goal: 'ratio ≥ 0.85', met: true });
  expect(Object.keys(download?.peers ?? {})[0]).toBe('fetch + Cache API');
  expect(download?.ratio).toBeCloseTo((0.8 + 1) / 2);
});

test('the share of hashing is that of the download in the same pair', () => {
  expect(row('weights.sha256.share')?.ours).toBeCloseTo((40 + 25) / 2);
});

test('opening is measured against the faster of the two engines’ own caches', () => {
  const open = row('weights.open');
  expect(Object.keys(open?.peers ?? {})).toEqual([
    '@wllama/wllama (OPFS)',
    '@mlc-ai/web-llm (Cache API)',
    'fetch + Cache API',
    'ours, in OPFS',
  ]);
  expect(open).toMatchObject({ goal: 'ratio ≤ 1', met: false });
  const slower = { ...figures.times, open: { ...figures.times.open, wllama: [900, 900] } };
  expect(row('weights.open', { times: slower })).toMatchObject({ ratio: 0.625, met: true });
});

const withoutOpfs = ['weights.sha256.share', 'weights.download.paced'];

test('what ours does in OPFS stands beside it, and is never what it is divided by', () => {
  for (const { id, peers } of weightsRows(figures).filter(({ id }) => !withoutOpfs.includes(id)))
    expect(Object.keys(peers).indexOf('ours, in OPFS'), id).toBe(3);
});

test('at most the chunks in flight are fetched again', () => {
  expect(row('weights.refetch')).toMatchObject({ ours: 110, goal: '≤ 151 MB', met: true });
  expect(row('weights.refetch', { refetch: { ...figures.refetch, ours: [152e6] } })?.met).toBe(false);
});

test('through a slower line ours is divided by a plain fetch too', () => {
  expect(row('weights.download.paced')).toMatchObject({ ours: 45, ratio: 0.9, goal: 'ratio ≥ 0.85', met: true });
});

test('memory is reported', () => {
  expect(row('weights.memory')).toMatchObject({ ours: 65, goal: 'none yet: reported' });
});

test('a peer that could not be started is null in every row, with the reason, and never the one to be divided by', () => {
  const { wllama: _, ...open } = figures.times.open;
  const { wllama: __, ...download } = figures.times.download;
  const missing = { wllama: 'no such file system' };
  const rows = weightsRows({
    ...figures,
    missing,
    times: { ...figures.times, open, download },
    refetch: { ours: [1] },
  });
  const opened = rows.find(({ id }) => id === 'weights.open');
  expect(opened).toMatchObject({ ratio: 0.625, why: { '@wllama/wllama (OPFS)': 'no such file system' } });
  expect(opened?.peers['@wllama/wllama (OPFS)']).toBeNull();
  expect(rows.find(({ id }) => id === 'weights.refetch')?.peers).toMatchObject({ '@wllama/wllama (OPFS)': null });
});
