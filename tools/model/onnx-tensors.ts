/** A tensor that a graph holds itself, of numbers in the order of its rows. */
export interface OnnxTensor {
  readonly dims: readonly number[];
  readonly values: Float32Array | Int8Array;
}

export interface OnnxNode {
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly output: string;
}

export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[];
  /** Those of 32-bit floats and of 8-bit integers. */
  readonly tensors: ReadonlyMap<string, OnnxTensor>;
}

/** The numbers by which the format knows its fields, its messages and its types (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto). */
const inModel = { graph: 7 };
const inGraph = { node: 1, initializer: 5 };
const inNode = { input: 1, output: 2, operator: 4 };
const inTensor = { dims: 1, type: 2, name: 8, raw: 9 };
const types = { float: 1, int8: 3 };

/** Reads a graph whose weights are in the file itself. @throws Error where there is none in it */
export function readOnnxGraph(file: Uint8Array): OnnxGraph {
  const graph = fieldsOf(file).find(({ field }) => field === inModel.graph)?.bytes;
  if (!graph) throw new Error('The file holds no ONNX graph.');
  const fields = fieldsOf(graph);
  return {
    nodes: fields.flatMap(({ field, bytes }) => (field === inGraph.node ? nodeOf(bytes) : [])),
    tensors: new Map(fields.flatMap(({ field, bytes }) => (field === inGraph.initializer ? tensorOf(bytes) : []))),
  };
}

function nodeOf(bytes: Uint8Array): OnnxNode {
  const fields = fieldsOf(bytes);
  const texts = (wanted: number) => fields.flatMap(({ field, bytes }) => (field === wanted ? textOf(bytes) : []));
  return {
    operator: texts(inNode.operator)[0] ?? '',
    inputs: texts(inNode.input),
    output: texts(inNode.output)[0] ?? '',
  };
}

function tensorOf(bytes: Uint8Array): readonly (readonly [string, OnnxTensor])[] {
  const fields = fieldsOf(bytes);
  const find = (wanted: number) => fields.find(({ field }) => field === wanted);
  const [type, name, raw] = [find(inTensor.type)?.number, find(inTensor.name)?.bytes, find(inTensor.raw)?.bytes];
  if (!name || !raw || (type !== types.float && type !== types.int8)) return [];
  // A copy begins at an address that fits wider numbers.
  const copy = Uint8Array.from(raw).buffer;
  const values = type === types.float ? new Float32Array(copy) : new Int8Array(copy);
  return [[textOf(name), { dims: fields.flatMap((entry) => dimsOf(entry)), values }]];
}

/** Each by itself, or all in one. */
function dimsOf({ field, number, bytes }: Field): readonly number[] {
  if (field !== inTensor.dims) return [];
  if (number !== null) return [number];
  const dims: number[] = [];
  for (let at = 0; at < bytes.length; ) {
    const [value, next] = varint(bytes, at);
    dims.push(value);
    at = next;
  }
  return dims;
}

interface Field {
  readonly field: number;
  /** Of a field that is a number. */
  readonly number: number | null;
  readonly bytes: Uint8Array;
}

/** https://protobuf.dev/programming-guides/encoding/ */
function fieldsOf(message: Uint8Array): readonly Field[] {
  const fields: Field[] = [];
  for (let at = 0; at < message.length; ) {
    const [tag, behindTag] = varint(message, at);
    const [field, type] = [Math.floor(tag / 8), tag % 8];
    const [value, behindValue] = type === 0 || type === 2 ? varint(message, behindTag) : [0, behindTag];
    const length = { 0: 0, 1: 8, 2: value, 5: 4 }[type];
    if (length === undefined) throw new Error(`The file is no ONNX: it has a field of the unknown type ${type}.`);
    at = behindValue + length;
    fields.push({ field, number: type === 0 ? value : null, bytes: message.subarray(behindValue, at) });
  }
  return fields;
}

/** The number, and where the next field begins. */
function varint(bytes: Uint8Array, start: number): readonly [number, number] {
  let value = 0;
  for (let at = start; at < start + 10; at++) {
    const byte = bytes[at];
    if (byte === undefined) break;
    value += (byte & 0x7f) * 2 ** (7 * (at - start));
    if (byte < 0x80) return [value, at + 1];
  }
  throw new Error('The file is no ONNX: it has a number without end.');
}

const textOf = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
