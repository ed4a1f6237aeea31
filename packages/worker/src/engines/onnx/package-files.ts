import type { ModelManifest, PackageFile, WeightFiles } from '@orilla/contract';
import { type ModelText, modelTextOf } from '../../text/model-text.ts';
import { badPackage, readJson, readText, requireJson } from '../package/read-package.ts';

/** A model's graph, and the weights that lie beside it, each by the name that the graph knows it by. */
export interface OnnxFiles {
  readonly model: Blob;
  readonly externalData: readonly { readonly path: string; readonly data: Blob }[];
}

/** Their places in a package. */
export interface OnnxPaths {
  readonly graph: PackageFile;
  readonly data: readonly PackageFile[];
}

/**
 * Finds the graph and its weights among a package's files.
 * @throws OrillaError `engine.load-failed` where there is no graph, or more than one
 */
export function onnxPaths({ files }: Pick<ModelManifest, 'files'>): OnnxPaths {
  const [graph, ...others] = files.filter(({ path }) => path.endsWith('.onnx'));
  if (!graph || others.length > 0)
    throw badPackage(
      graph ? `it holds ${others.length + 1} ONNX files, and this engine runs models of one` : 'it holds no ONNX file',
    );
  const stem = graph.path.slice(0, -'.onnx'.length);
  // `model.onnx_data`, `model.onnx_data_1` of one exporter; `model.onnx.data`, `model.data` of others.
  const data = files.filter(({ path }) => path.startsWith(stem) && /\.onnx[_.]data(_\d+)?$|\.data$/.test(path));
  return { graph, data };
}

/** Takes them out of it. @throws as `onnxPaths`, and where one of them is missing */
export function onnxFiles(manifest: Pick<ModelManifest, 'files'>, weights: WeightFiles): OnnxFiles {
  const { graph, data } = onnxPaths(manifest);
  const folder = graph.path.slice(0, graph.path.lastIndexOf('/') + 1);
  return {
    model: blobOf(weights, graph.path),
    externalData: data.map(({ path }) => ({ path: path.slice(folder.length), data: blobOf(weights, path) })),
  };
}

/** A language model's vocabulary and chat template. @throws OrillaError `engine.load-failed`, `capability.unsupported` */
export async function readModelText(weights: WeightFiles): Promise<ModelText> {
  const tokenizer = await requireJson(weights, 'tokenizer.json');
  const tokenizerConfig = (await readJson(weights, 'tokenizer_config.json')) ?? {};
  const chatTemplate = (await readText(weights, 'chat_template.jinja')) ?? undefined;
  return modelTextOf({ tokenizer, tokenizerConfig, chatTemplate });
}

function blobOf(weights: WeightFiles, path: string): Blob {
  const blob = weights.get(path);
  if (!blob) throw badPackage(`${path} is missing`);
  return blob;
}
