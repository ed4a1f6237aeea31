import { expect, test } from 'vitest';
import { allMet, makeReport } from './report.ts';
import { reportMarkdown } from './report-markdown.ts';
import { reportText } from './report-text.ts';
import type { Row } from './row.ts';

const row: Row = {
  id: 'relay.cpu',
  unit: 'µs',
  ours: 84.21,
  peers: { nginx: 21.04, 'bare loop': null },
  ratio: 4.002,
  interval: [3.9, 4.1],
  goal: 'ratio ≤ 4',
  met: false,
  why: { 'bare loop': 'it did not start' },
};

test('has exactly the fields that readers of the JSON rely on', () => {
  const report = makeReport('relay', { runs: 12, rows: [row] });
  expect(Object.keys(report)).toEqual(['bench', 'machine', 'runs', 'rows']);
  expect(Object.keys(report.machine)).toEqual(['cpus', 'model', 'node', 'chromium', 'adapter']);
  expect(report).toMatchObject({ bench: 'relay', runs: 12, machine: { chromium: null, adapter: null } });
  expect(report.machine.node).toBe(process.versions.node);
});

test('names the browser and the adapter where there were any', () => {
  const { machine } = makeReport('relay', {
    runs: 10,
    rows: [],
    chromium: 'Chromium 156',
    adapter: 'google swiftshader',
  });
  expect(machine).toMatchObject({ chromium: 'Chromium 156', adapter: 'google swiftshader' });
});

test('all is met only where something was measured and every figure met its goal', () => {
  expect(allMet({ rows: [] })).toBe(false);
  expect(allMet({ rows: [row] })).toBe(false);
  expect(allMet({ rows: [{ ...row, met: true }] })).toBe(true);
  expect(allMet({ rows: [{ ...row, met: true }, row] })).toBe(false);
  expect(allMet({ rows: [{ ...row, met: true }], notMeasured: ['x: it hung.'] })).toBe(false);
});

test('the text has a line a figure, tells what was not met, and why a peer is missing, once', () => {
  const text = reportText(makeReport('relay', { runs: 10, rows: [row, { ...row, id: 'relay.other', met: true }] }));
  expect(text).toMatch(
    /relay\.cpu +84\.2 µs +nginx 21\.0, bare loop not run +4\.00 +3\.90 … 4\.10 +ratio ≤ 4 +NOT MET\n/,
  );
  expect(text).toMatch(/relay\.other .* met\n/);
  expect(text.match(/bare loop: it did not start/g)).toHaveLength(1);
});

test('the table for the docs has the same figures, and says in place why a peer is missing', () => {
  const markdown = reportMarkdown(makeReport('relay', { runs: 10, rows: [row] }));
  expect(markdown.split('\n')[2]).toBe(
    '| `relay.cpu` | 84.2 µs | nginx: 21.0<br>bare loop: not run (it did not start) | 4.00 | 3.90 … 4.10 | ratio ≤ 4 | **no** |',
  );
  expect(markdown).toMatch(/\n\n10 pairs, on \d+ × .+, Node \d+/);
});

test('what could not be measured is told wherever the figures are', () => {
  const report = makeReport('engine', { runs: 10, rows: [row], notMeasured: ['engine.webllm: it hung.'] });
  expect(reportText(report)).toContain('\nNOT MEASURED: engine.webllm: it hung.\n');
  expect(reportMarkdown(report)).toContain('\n\nNot measured: engine.webllm: it hung.');
});

test('the engines beside each other are in the JSON and in the text', () => {
  const rate = { adapter: 'lavapipe', backend: 'webgpu', engine: 'onnx', model: 'tiny', threads: 1 } as const;
  const report = makeReport('engine', { runs: 10, rows: [row], engines: [{ ...rate, prefill: 500, decode: 50 }] });
  expect(report.engines).toHaveLength(1);
  expect(reportText(report)).toContain('lavapipe · `onnx` · webgpu · tiny · 500 · 50.0');
});
