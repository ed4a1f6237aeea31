import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import { buildSizeApp } from '../../tools/check/size-app/build-size-app.ts';
import type { BenchResult } from '../report/report.ts';
import { makeRow, type Row } from '../report/row.ts';

/** The same bars as the size budget of `npm run check`. */
const maxPageBytes = 20_000;
const maxWorkerBytes = 30_000;

/** What an app downloads before any model, gzipped, as a server sends it. */
export async function clientBench(): Promise<BenchResult> {
  const { page, worker } = await buildSizeApp();
  return {
    runs: 1,
    rows: [
      await sizeRow('client.start.bytes', page, maxPageBytes),
      await sizeRow('client.start.worker.bytes', worker, maxWorkerBytes),
    ],
  };
}

async function sizeRow(id: string, paths: readonly string[], maxBytes: number): Promise<Row> {
  const sizes = await Promise.all(paths.map(gzippedBytes));
  return makeRow(
    { id, unit: 'bytes', ours: sizes.reduce((sum, size) => sum + size, 0), ratio: null, interval: null },
    { peers: {}, goal: { of: 'ours', is: 'at most', value: maxBytes }, summarise: Number },
  );
}

async function gzippedBytes(path: string): Promise<number> {
  const gzipped = await promisify(gzip)(await readFile(path), { level: constants.Z_BEST_COMPRESSION });
  return gzipped.byteLength;
}
