export interface TinyOnnx {
  /** Files beside it that its tensors lie in. */
  readonly external?: readonly string[];
  /** Of the tensor that lies in the graph itself. */
  readonly tensorBytes?: number;
}

/** The bytes of an ONNX graph with a tensor of its own and one in each of the external files. For tests. */
export function tinyOnnx({ external = [], tensorBytes = 10 }: TinyOnnx = {}): Buffer {
  const own = message([field(2, Buffer.from([1])), field(9, Buffer.alloc(tensorBytes, 7)), field(8, 'own')]);
  const outside = external.map((location) =>
    message([
      field(8, 'outside'),
      field(13, message([field(1, 'location'), field(2, location)])),
      field(13, message([field(1, 'offset'), field(2, '0')])),
      field(13, message([field(1, 'length'), field(2, '4')])),
      number(14, 1),
    ]),
  );
  const [first, ...others] = outside;
  // One lies in a node's attribute, as constants do, the others among the initializers.
  const node = message([
    field(4, 'Constant'),
    ...(first ? [field(5, message([field(1, 'value'), field(5, first)]))] : []),
  ]);
  const graph = message([field(1, node), field(2, 'tiny'), ...[own, ...others].map((tensor) => field(5, tensor))]);
  return message([number(1, 9), field(2, 'a test'), field(7, graph), field(8, message([number(2, 17)]))]);
}

const message = (parts: readonly Buffer[]): Buffer => Buffer.concat(parts);

function field(number: number, content: Buffer | string): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([varint(number * 8 + 2), varint(bytes.length), bytes]);
}

function number(field: number, value: number): Buffer {
  return Buffer.concat([varint(field * 8), varint(value)]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) + 128);
  }
}
