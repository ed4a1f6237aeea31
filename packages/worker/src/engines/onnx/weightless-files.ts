import type { ArrivingFiles, ModelManifest } from '@orilla/contract';
import { type OnnxFiles, onnxFiles, onnxPaths } from './package-files.ts';

/** Zeros take as much memory as the weights that they stand for, while they are there. */
const mostBytes = 256 * 1024 ** 2;
const pieceBytes = 1024 ** 2;

/**
 * A model whose weights are still on their way, with zeros in their place: enough to have its shaders made. `null` where they lie in the
 * graph itself, or are too many. @throws as `onnxPaths`, `ArrivingFiles.file`
 */
export async function weightlessFiles(
  manifest: Pick<ModelManifest, 'files'>,
  files: ArrivingFiles,
): Promise<OnnxFiles | null> {
  const { graph, data } = onnxPaths(manifest);
  const total = data.reduce((sum, { bytes }) => sum + bytes, 0);
  if (total === 0 || total > mostBytes) return null;
  const zeros = data.map(({ path, bytes }) => [path, zerosOf(bytes)] as const);
  return onnxFiles(manifest, new Map([[graph.path, await files.file(graph.path)], ...zeros]));
}

function zerosOf(bytes: number): Blob {
  const piece = new Blob([new Uint8Array(Math.min(bytes, pieceBytes))]);
  const whole = Array.from({ length: Math.floor(bytes / pieceBytes) }, () => piece);
  return new Blob([...whole, piece.slice(0, bytes % pieceBytes)]);
}
