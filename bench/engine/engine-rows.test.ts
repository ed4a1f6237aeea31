import type { LoadResult } from '@orilla/contract';
import { expect, test } from 'vitest';
import { type EngineCase, engineCases, rowIds } from './engine-case.ts';
import { engineRate, engineRows } from './engine-rows.ts';
import type { CaseRuns } from './measure-case.ts';

const run = (tokensPerSecond: number, toCallerMs: readonly number[] = [0.1, 0.1]) => ({
  tokens: toCallerMs.length,
  tokensPerSecond,
  promptTokensPerSecond: tokensPerSecond * 2,
  beginsWithWholeToken: true,
  toCallerMs,
  toPageMs: toCallerMs.map((ms) => ms / 2),
});

const loaded: LoadResult = {
  engine: 'llamacpp',
  backend: 'wasm',
  packageId: 'starter',
  contextLength: 2_048,
  threads: 2,
  fetchedBytes: 0,
};

const caseOf = (engine: string, suffix: EngineCase['suffix'] = ''): EngineCase => {
  const found = engineCases.find((one) => one.engine === engine && one.suffix === suffix);
  if (!found) throw new Error(`There is no case ${engine}${suffix}.`);
  return found;
};

interface Measured extends Partial<Pick<CaseRuns, 'loaded' | 'peer'>> {
  readonly one?: EngineCase;
  readonly ours: readonly ReturnType<typeof run>[];
  readonly rates?: readonly number[];
  readonly bareMs?: readonly number[];
}

function rowsOf({ one = caseOf('llamacpp'), ours, rates = ours.map(() => 20), bareMs = [0.1], ...given }: Measured) {
  const runs = rates.map((tokensPerSecond) => ({
    tokens: 64,
    tokensPerSecond,
    promptTokensPerSecond: tokensPerSecond * 2,
  }));
  const peer = { title: 'wllama', runs };
  const rows = engineRows(one, { loaded, peer, ours, bare: [{ toCallerMs: bareMs }], ...given }, { adapter: 'swift' });
  return Object.fromEntries(rows.map((row) => [row.id.replace(`engine.${one.engine}.`, ''), row]));
}

const hundred = (late: number, ms: number) => Array.from({ length: 100 }, (_, token) => (token < late ? ms : 0.4));

test('gaps of all runs are taken together, and the slowest hundredth is judged', () => {
  const rows = rowsOf({ ours: [run(20, hundred(1, 9)), run(20, hundred(0, 9))] });
  expect(rows['gap.added.p50']?.ours).toBeCloseTo(0.3);
  expect(rows['gap.added.p99']).toMatchObject({ goal: '≤ 2 ms', met: true, unit: 'ms', ratio: null });
  expect(rows['gap.p99']).toMatchObject({ goal: '≤ 2 ms', met: true });
  expect(rows['gap.p50']).toMatchObject({ ours: 0.4, peers: { 'bare worker': 0.1 } });
  expect(rows['gap.page.p99']?.ours).toBeCloseTo(0.2);
});

test('a case has the rows that it is asked for by', () => {
  const rows = rowsOf({ ours: [run(20)] });
  expect(Object.keys(rows)).toEqual(rowIds(caseOf('llamacpp')).map((id) => id.replace('engine.llamacpp.', '')));
});

test('more than a hundredth of late tokens is too many', () => {
  expect(rowsOf({ ours: [run(20, hundred(3, 5))] })['gap.added.p99']).toMatchObject({ ours: 4.9, met: false });
});

test('what a bare worker needs too is not added by us, but the caller waits for it all the same', () => {
  const rows = rowsOf({ ours: [run(20, hundred(3, 5))], bareMs: hundred(3, 4) });
  expect(rows['gap.added.p99']).toMatchObject({ ours: 1, met: true });
  expect(rows['gap.p99']).toMatchObject({
    ours: 5,
    peers: { 'bare worker': 4 },
    ratio: 1.25,
    goal: '≤ 2 ms',
    met: false,
  });
});

test('rates are the median of the pairs’ ratios, and five per cent may be lost to the raw library', () => {
  const { decode, prefill } = rowsOf({ ours: [run(19.2), run(9.6), run(14.4)], rates: [20, 10, 15] });
  const peers = (rate: number) => ({ 'wllama (wasm, 2 threads)': rate });
  expect(decode).toMatchObject({ ours: 14.4, peers: peers(15), goal: 'ratio ≥ 0.95', met: true });
  expect(decode?.ratio).toBeCloseTo(0.96);
  expect(prefill).toMatchObject({ ours: 28.8, peers: peers(30), goal: 'ratio ≥ 0.95', met: true });
  expect(rowsOf({ ours: [run(18)] }).decode?.met).toBe(false);
});

test('Transformers.js is to be beaten at decoding, and its prefill is reported', () => {
  const one = caseOf('onnx', '.wasm');
  const rows = rowsOf({ one, ours: [run(20)], rates: [20] });
  expect(rows['decode.wasm']).toMatchObject({ goal: 'ratio > 1', met: false });
  expect(rows['prefill.wasm']).toMatchObject({ goal: 'none yet: reported', met: true });
  expect(Object.keys(rows)).toHaveLength(2);
});

test('where the peer could not be had the row says why, and meets nothing', () => {
  const peer = { title: 'transformers', runs: { notRun: 'no network' } };
  const rows = rowsOf({ one: caseOf('onnx', '.wasm'), ours: [run(20)], peer });
  expect(rows['decode.wasm']).toMatchObject({ ratio: null, met: false });
  expect(Object.values(rows['decode.wasm']?.why ?? {})).toEqual(['no network']);
});

test('a peer on the GPU is named with the adapter, and with its layers where they are known', () => {
  const onGpu: LoadResult = { ...loaded, backend: 'webgpu', gpuLayers: { offloaded: 31, total: 31 } };
  const rows = rowsOf({ one: caseOf('llamacpp', '.lavapipe'), ours: [run(2)], loaded: onGpu });
  expect(rows['decode.lavapipe']?.peers).toEqual({ 'wllama (webgpu, 31/31 layers, swift)': 20 });
});

test('in the table of engines a case has its medians', () => {
  const runs = { loaded, ours: [run(10), run(30), run(20)] };
  expect(engineRate({ model: 'smollm2-135m' }, runs, { adapter: 'no WebGPU' })).toEqual({
    adapter: 'no WebGPU',
    backend: 'wasm',
    engine: 'llamacpp',
    model: 'smollm2-135m',
    threads: 2,
    prefill: 40,
    decode: 20,
  });
});
