import { type ModelManifest, OrillaError, type WeightFiles } from '@orilla/contract';

/** A model's graph, and the weights that lie beside it, each by the name that the graph knows it by. */
export interface OnnxFiles {
  readonly model: Blob;
  readonly externalData: readonly { readonly path: string; readonly data: Blob }[];
}

/**
 * Finds the graph and its weights among a package's files.
 * @throws OrillaError `engine.load-failed` where there is no graph, or more than one
 */
export function onnxFiles({ files }: Pick<ModelManifest, 'files'>, weights: WeightFiles): OnnxFiles {
  const [graph, ...others] = files.filter(({ path }) => path.endsWith('.onnx'));
  if (!graph || others.length > 0)
    throw badPackage(
      graph ? `it holds ${others.length + 1} ONNX files, and this engine runs models of one` : 'it holds no ONNX file',
    );
  const folder = graph.path.slice(0, graph.path.lastIndexOf('/') + 1);
  const stem = graph.path.slice(0, -'.onnx'.length);
  // `model.onnx_data`, `model.onnx_data_1` of one exporter; `model.onnx.data`, `model.data` of others.
  const data = files.filter(({ path }) => path.startsWith(stem) && /\.onnx[_.]data(_\d+)?$|\.data$/.test(path));
  return {
    model: blobOf(weights, graph.path),
    externalData: data.map(({ path }) => ({ path: path.slice(folder.length), data: blobOf(weights, path) })),
  };
}

/**
 * Reads a JSON file of the package, wherever in it the file lies; `null` where there is none.
 * @throws OrillaError `engine.load-failed` where it holds no JSON object
 */
export async function readJson(weights: WeightFiles, name: string): Promise<Readonly<Record<string, unknown>> | null> {
  const text = await readText(weights, name);
  if (text === null) return null;
  const value = parse(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw badPackage(`its ${name} is no JSON`);
  return Object.fromEntries(Object.entries(value));
}

/** Reads a text file of the package; `null` where there is none. */
export async function readText(weights: WeightFiles, name: string): Promise<string | null> {
  const found = weights.get(name) ?? [...weights].find(([path]) => path.endsWith(`/${name}`))?.[1];
  return found ? found.text() : null;
}

export function badPackage(why: string): OrillaError {
  return new OrillaError('engine.load-failed', `The model package can't be opened: ${why}.`, {
    advice: "Make the package again from the model's whole ONNX folder.",
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // told by the caller, who knows the file's name
  }
}

function blobOf(weights: WeightFiles, path: string): Blob {
  const blob = weights.get(path);
  if (!blob) throw badPackage(`${path} is missing`);
  return blob;
}
