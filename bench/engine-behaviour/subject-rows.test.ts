import { expect, test } from 'vitest';
import type { AbortFigures } from './measure-aborts.ts';
import type { OwnFigures } from './measure-ours.ts';
import { type SubjectFigures, subjectRows, turnRatios } from './subject-rows.ts';

const ours: OwnFigures & { readonly aborts: AbortFigures } = {
  memory: { residentBytes: 200e6, gpuBufferBytes: 30e6 },
  calibrationMs: 900,
  firstTokenMs: [
    [100, 999, 120],
    [100, 999, 160],
    [200, 999, 260],
  ],
  aborts: { stepMs: [50, 60, 70], batchMs: [300], decodeMs: [10, 40, 75], prefillMs: [100, 340] },
  recoveryMs: [2000, 3000, 4000],
};
const peerFigures = {
  memory: { residentBytes: 400e6, gpuBufferBytes: 60e6 },
  firstTokenMs: [[100, 999, 500]],
  reopenMs: [6000],
};

function rowsOf(changes: Partial<Omit<SubjectFigures, 'ours'>> & { readonly ours?: Partial<OwnFigures> } = {}) {
  const rows = subjectRows({
    subject: { engine: 'onnx', backend: 'webgpu', strike: 'destroy', suffix: '', judgesTurns: true },
    adapter: 'google SwiftShader',
    peer: { title: 'peer', figures: peerFigures },
    ...changes,
    ours: { ...ours, ...changes.ours },
  });
  return Object.fromEntries(rows.map((row) => [row.id.replace('engine.onnx.webgpu-google-swiftshader.', ''), row]));
}

test('ids name engine, backend and adapter', () => {
  const { subject, adapter } = {
    subject: { engine: 'llamacpp', backend: 'wasm', strike: 'close', suffix: '', judgesTurns: true } as const,
    adapter: null,
  };
  const ids = Object.keys(rowsOf({ subject, adapter }));
  expect(ids).toContain('engine.llamacpp.wasm.recovery.close');
  expect(ids.every((id) => id.startsWith('engine.llamacpp.wasm.'))).toBe(true);
  expect(Object.keys(rowsOf())).toContain('recovery.destroy');
});

test('turn 10 is held against turn 1 of its own conversation, and the typical conversation is judged', () => {
  expect(turnRatios(ours.firstTokenMs)).toEqual([1.2, 1.6, 1.3]);
  expect(rowsOf()['chat.turn10']).toMatchObject({ ours: 1.3, peers: { peer: 5 }, goal: '≤ 1.5 × turn 1', met: true });
  const slow = { firstTokenMs: [[100, 1, 151]] };
  expect(rowsOf({ ours: slow })['chat.turn10']).toMatchObject({ ours: 1.51, met: false });
});

test('first and last turns are told in milliseconds too', () => {
  expect(rowsOf()['chat.ttft.turn1']).toMatchObject({ ours: 100, unit: 'ms', peers: { peer: 100 }, met: true });
  expect(rowsOf()['chat.ttft.turn10']).toMatchObject({ ours: 160, peers: { peer: 500 } });
});

test('an abort may take the step that was measured and 20 ms', () => {
  const rows = rowsOf();
  expect(rows['abort.decode.p50']).toMatchObject({ ours: 40, goal: '≤ 80 ms', met: true });
  expect(rows['abort.decode.p99']).toMatchObject({ goal: '≤ 89.8 ms', met: true });
  expect(rowsOf({ ours: { aborts: { ...ours.aborts, decodeMs: [81] } } })['abort.decode.p50']?.met).toBe(false);
});

test('while a prompt is computed it may take a batch of it', () => {
  const rows = rowsOf();
  expect(rows['abort.prefill.p50']).toMatchObject({ ours: 220, goal: '≤ 320 ms', met: true });
  expect(rows['abort.prefill.p99']).toMatchObject({ goal: '≤ 320 ms', met: false });
});

test('a recovery stands beside opening the raw library anew', () => {
  expect(rowsOf()['recovery.destroy']).toMatchObject({ ours: 3000, peers: { 'peer, opened anew': 6000 }, ratio: 0.5 });
});

test('memory is told in MB, buffers of the GPU where there is one', () => {
  expect(rowsOf().memory).toMatchObject({ ours: 200, unit: 'MB', peers: { peer: 400 }, ratio: 0.5 });
  expect(rowsOf()['memory.gpu-buffers']).toMatchObject({ ours: 30, peers: { peer: 60 } });
  const onWasm = rowsOf({
    subject: { engine: 'onnx', backend: 'wasm', strike: 'close', suffix: '', judgesTurns: true },
    adapter: null,
  });
  expect(Object.keys(onWasm).some((id) => id.endsWith('gpu-buffers'))).toBe(false);
});

test('a calibration is measured once', () => {
  expect(rowsOf().calibration).toMatchObject({ ours: 900, peers: {}, ratio: null, met: true });
});

test('a peer that did not run is named, with why, and nothing is divided by it', () => {
  const rows = rowsOf({ peer: { title: 'peer', figures: { notRun: 'it is not here' } } });
  expect(rows['chat.turn10']).toMatchObject({
    peers: { peer: null },
    why: { peer: 'it is not here' },
    ratio: null,
    met: true,
  });
  expect(rows.memory).toMatchObject({ ours: 200, ratio: null });
});

test('where conversations alone were measured there are no rows of aborts and losses', () => {
  const subject = { engine: 'onnx', backend: 'wasm', strike: 'close', suffix: '.smollm2', judgesTurns: true } as const;
  const rows = rowsOf({ subject, adapter: null, ours: { aborts: null, recoveryMs: [] } });
  expect(Object.keys(rows).map((id) => id.replace('engine.onnx.wasm.smollm2.', ''))).toEqual([
    'chat.turn10',
    'chat.ttft.turn1',
    'chat.ttft.turn10',
    'memory',
    'calibration',
  ]);
});

test('turns of a model that is too small to tell are reported, and not judged', () => {
  const subject = { engine: 'onnx', backend: 'webgpu', strike: 'destroy', suffix: '', judgesTurns: false } as const;
  const rows = rowsOf({ subject, ours: { firstTokenMs: [[100, 400]] } });
  expect(rows['chat.turn10']).toMatchObject({ ours: 4, goal: 'none yet: reported', met: true });
});
