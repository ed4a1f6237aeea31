import type { FileSource, SourceFile } from '../../files/file-source.ts';
import { NoProtobuf, ProtobufReader } from './protobuf-reader.ts';

/** A message of ONNX (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3), as far as tensors lie in it. */
type Message = 'model' | 'graph' | 'function' | 'node' | 'attribute' | 'sparseTensor' | 'tensor' | 'entry';

/** What the fields of a message hold, by their numbers. */
const fields: Readonly<Record<Message, Readonly<Record<number, Message>>>> = {
  model: { 7: 'graph', 25: 'function' },
  graph: { 1: 'node', 5: 'tensor', 15: 'sparseTensor' },
  function: { 7: 'node', 11: 'attribute' },
  node: { 5: 'attribute' },
  attribute: { 5: 'tensor', 6: 'graph', 10: 'tensor', 11: 'graph', 22: 'sparseTensor', 23: 'sparseTensor' },
  sparseTensor: { 1: 'tensor', 2: 'tensor' },
  tensor: { 13: 'entry' },
  entry: {},
};
const [entryKey, entryValue] = [1, 2];

/** Graphs in graphs, as loops have them; deeper than any that a model has. */
const maxDepth = 64;
/** A path: longer than any file system takes. */
const maxTextBytes = 4_096;

/**
 * The files beside a graph that its tensors lie in (`TensorProto.external_data`), as it names them, each once. Tensors in the graph itself
 * are passed over.
 * @throws Error where the file is no ONNX; as the source; AbortError
 */
export async function readExternalData(
  source: Pick<FileSource, 'name' | 'read'>,
  { path, bytes }: SourceFile,
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<readonly string[]> {
  const reader = new ProtobufReader((start) => source.read(path, signal ? { start, signal } : { start }), bytes);
  const locations = new Set<string>();
  let hasGraph = false;
  try {
    await readMessage('model', bytes, 0);
    if (!hasGraph) throw new NoProtobuf('It holds no graph.');
  } catch (error) {
    if (error instanceof NoProtobuf)
      throw new Error(`${path} in ${source.name} is no ONNX file that can be read. ${error.message} Get it again.`);
    throw error;
  } finally {
    await reader.close();
  }
  return [...locations];

  async function readMessage(message: Message, end: number, depth: number): Promise<void> {
    if (depth > maxDepth) throw new NoProtobuf('It has graphs in graphs without end.');
    hasGraph ||= message === 'graph';
    let isLocation = false;
    while (reader.position < end) {
      const { field, isMessage, length } = await reader.field();
      const last = reader.position + length;
      if (last > end) throw new NoProtobuf('It ends too early, or a part of it is longer than what it is part of.');
      const inner = isMessage ? fields[message][field] : undefined;
      if (inner) await readMessage(inner, last, depth + 1);
      else if (message !== 'entry' || length > maxTextBytes) await reader.skip(length);
      else {
        const text = await reader.text(length);
        if (field === entryKey) isLocation = text === 'location';
        if (field === entryValue && isLocation) locations.add(text);
      }
    }
  }
}
