import { expect, test } from 'vitest';
import { readOnnxGraph } from './onnx-tensors.ts';

/** A field with bytes, as protocol buffers have them. */
const field = (number: number, content: Uint8Array | string): Buffer =>
  Buffer.concat([Buffer.from([number * 8 + 2]), varint(content.length), Buffer.from(content)]);
const numberField = (number: number, value: number): Buffer =>
  Buffer.concat([Buffer.from([number * 8]), varint(value)]);

function varint(value: number): Buffer {
  return value < 128 ? Buffer.from([value]) : Buffer.concat([Buffer.from([(value % 128) + 128]), varint(value >> 7)]);
}

const floats = (values: readonly number[]) => new Uint8Array(Float32Array.from(values).buffer);
const message = (...fields: readonly Buffer[]) => Buffer.concat(fields);

const node = field(1, message(field(1, 'x'), field(1, 'w'), field(2, 'y'), field(4, 'MatMul')));
const packed = message(
  field(1, message(varint(2), varint(150))),
  numberField(2, 1),
  field(8, 'w'),
  field(9, floats([0.5, -2])),
);
const plain = message(numberField(1, 3), numberField(2, 3), field(8, 'q'), field(9, Uint8Array.of(1, 255, 128)));
const ids = message(numberField(1, 1), numberField(2, 7), field(8, 'ids'), field(9, new Uint8Array(8)));
const model = message(
  numberField(1, 10),
  field(2, 'an exporter'),
  field(7, message(node, field(2, 'main'), field(5, packed), field(5, plain), field(5, ids))),
);

test('reads what computes, and the tensors of floats and of small integers that lie in the file', () => {
  const { nodes, tensors } = readOnnxGraph(model);
  expect(nodes).toEqual([{ operator: 'MatMul', inputs: ['x', 'w'], output: 'y' }]);
  expect([...tensors.keys()]).toEqual(['w', 'q']);
  expect(tensors.get('w')).toEqual({ dims: [2, 150], values: Float32Array.of(0.5, -2) });
  expect(tensors.get('q')).toEqual({ dims: [3], values: Int8Array.of(1, -1, -128) });
});

test('what is no graph is said to be none', () => {
  expect(() => readOnnxGraph(numberField(1, 10))).toThrow('holds no ONNX graph');
  expect(() => readOnnxGraph(Buffer.from([0x3b, 1]))).toThrow('no ONNX');
  expect(() => readOnnxGraph(Buffer.from([0x08, 0xff]))).toThrow('number without end');
});
