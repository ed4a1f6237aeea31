import type { PackageRates } from '@orilla/contract';
import { expect, test } from 'vitest';
import { memoryRecords } from '../weights/backend/memory-backend.double.ts';
import { DeviceRows } from './device-rows.ts';

const rate = (measuredAtMs: number): PackageRates => ({
  engine: 'onnx',
  backend: 'wasm',
  prefillTokensPerSecond: 1,
  decodeTokensPerSecond: 1,
  measuredAtMs,
});

test('a device that is not known has an empty row', async () => {
  expect(await new DeviceRows({ rows: memoryRecords() }).read('new')).toEqual({ memory: {}, rates: {}, atMs: 0 });
});

test('keeps what was learned last of six devices', async () => {
  let now = 0;
  const rows = new DeviceRows({ rows: memoryRecords(), now: () => ++now });
  for (let device = 0; device < 8; device += 1) {
    await rows.change(`device ${device}`, (row) => ({ ...row, rates: { a: rate(1) } }));
  }
  const known = await Promise.all([0, 1, 2, 7].map(async (device) => (await rows.read(`device ${device}`)).atMs));
  expect(known).toEqual([0, 0, 3, 8]);
});

test('keeps the 64 packages that were measured last', async () => {
  const rows = new DeviceRows({ rows: memoryRecords() });
  for (let at = 1; at <= 70; at += 1)
    await rows.change('here', (row) => ({ ...row, rates: { ...row.rates, [`package ${at}`]: rate(at) } }));
  const { rates } = await rows.read('here');
  expect(Object.keys(rates)).toHaveLength(64);
  expect(rates['package 6']).toBeUndefined();
  expect(rates['package 70']).toEqual(rate(70));
});

test('where storage is switched off nothing is known, and nothing can be kept', async () => {
  const off = () => Promise.reject(new Error('off'));
  const rows = new DeviceRows({ rows: { ...memoryRecords(), get: off, update: off } });
  expect(await rows.change('here', (row) => row)).toBe(false);
  expect((await rows.read('here')).rates).toEqual({});
});
