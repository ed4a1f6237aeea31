import { expect, test } from 'vitest';
import { adapterNames, asksForBehaviour, engineCases, isAskedFor, rowIds } from './engine-case.ts';

test('no two cases have rows of the same name', () => {
  const ids = engineCases.flatMap(rowIds);
  expect(new Set(ids).size).toBe(ids.length);
});

test('cases of one adapter stand together: its browser is opened once', () => {
  const order = engineCases.map(({ adapter }) => adapterNames.indexOf(adapter));
  expect(order).toEqual(order.toSorted((a, b) => a - b));
});

test('the figures that have a bar are there under their names', () => {
  const ids = engineCases.flatMap(rowIds);
  for (const id of ['llamacpp.decode', 'llamacpp.prefill', 'webllm.decode', 'webllm.prefill', 'onnx.decode'])
    expect(ids).toContain(`engine.${id}`);
  for (const { engine, goals } of engineCases)
    expect(goals.decode).toEqual(
      engine === 'onnx' ? { of: 'ratio', is: 'more than', value: 1 } : { of: 'ratio', is: 'at least', value: 0.95 },
    );
});

const asked = (only: string | undefined) => engineCases.filter((one) => isAskedFor(one, only)).flatMap(rowIds);

test.each([
  [undefined, true],
  ['engine', true],
  ['engine.onnx', true],
  ['engine.onnx.webgpu', true],
  ['engine.onnx.decode', false],
  ['engine.llamacpp.gap', false],
])('rates are measured without the rest where only they are asked for: %s', (only, expected) => {
  expect(asksForBehaviour(only)).toBe(expected);
});

test('a beginning names all rows that begin with it', () => {
  expect(asked(undefined)).toEqual(engineCases.flatMap(rowIds));
  expect(asked('engine.webllm')).toEqual(
    ['', '.lavapipe'].flatMap((suffix) => ['decode', 'prefill'].map((what) => `engine.webllm.${what}${suffix}`)),
  );
  expect(asked('engine.onnx.decode.smollm2')).toContain('engine.onnx.decode.smollm2');
  expect(asked('engine.llamacpp.gap.added')).toContain('engine.llamacpp.gap.added.p99');
  expect(asked('relay')).toEqual([]);
});
