import { join } from 'node:path';
import type { MadePackage } from '../../test/fixtures/worker-page/make-package.ts';
import type { Content } from '../../test/fixtures/worker-page/mirror-server.ts';
import { ensureSmolLm2Onnx } from '../../tools/model/smollm2-onnx.ts';
import { type EnsureOptions, ensureSubjects, type Subject } from '../engine-behaviour/subjects.ts';
import type { BenchModel } from './engine-case.ts';
import { folderPackage } from './folder-package.ts';

/** A model as Orilla is given it, and where a peer finds the same one. */
export interface ModelOfBench {
  readonly made: MadePackage;
  /** Where the mirror has the peer's files, without a slash at the beginning. */
  readonly peerPath: string;
}

export interface ModelsOfBench {
  /** Or why there is none here. */
  readonly models: Readonly<Record<BenchModel, ModelOfBench | { readonly notRun: string }>>;
  /** What a mirror serves for all of them, by path. */
  readonly served: Readonly<Record<string, Content>>;
}

/** As the demo's catalog opens the starter model on a device. */
const contextLength = 2_048;

/** Brings the models: the large one, which takes minutes to make, only where it is needed. */
export async function ensureModels(
  needed: ReadonlySet<BenchModel>,
  { signal, log }: EnsureOptions,
): Promise<ModelsOfBench> {
  const { subjects, served } = await ensureSubjects({ signal, log });
  const of = (engine: Subject['engine'], why: string) => {
    const subject = subjects.find((one) => one.engine === engine);
    if (!subject) return { notRun: why };
    const isHub = subject.peer === 'transformers';
    return { made: subject.made, peerPath: isHub ? `${subject.peerPath}tiny/` : subject.peerPath };
  };
  const large = needed.has('smollm2-135m-onnx')
    ? await smolLm2Onnx({ signal, log })
    : { model: { notRun: 'it is not asked for' }, files: {} };
  return {
    models: {
      'smollm2-135m': of('llamacpp', 'the starter model is missing'),
      'tiny-llama-onnx': of('onnx', 'the tiny llama is missing'),
      'tiny-llama-webllm': of('webllm', 'the tiny WebLLM model can’t be built here'),
      'smollm2-135m-onnx': large.model,
    },
    served: { ...served, ...large.files },
  };
}

/** The starter model as an ONNX model, made where that has not been done. @throws the signal's reason when aborted */
export async function smolLm2Onnx({ signal, log }: EnsureOptions): Promise<{
  readonly model: ModelOfBench | { readonly notRun: string };
  readonly files: Readonly<Record<string, Content>>;
}> {
  try {
    const { folder, paths, license } = await ensureSmolLm2Onnx({ ...(signal && { signal }), ...(log && { log }) });
    const files = new Map(paths.map((path) => [path, join(folder, path)]));
    const made = await folderPackage(files, { id: 'smollm2-onnx', engine: 'onnx', contextLength, license });
    const hub = [...files].map(([path, content]) => [
      `hub/smollm2/${path.startsWith('model.') ? `onnx/${path}` : path}`,
      content,
    ]);
    return { model: { made, peerPath: 'hub/smollm2/' }, files: { ...made.served, ...Object.fromEntries(hub) } };
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    const [reason = ''] = String(error instanceof Error ? error.message : error).split('\n');
    return { model: { notRun: `the starter model can’t be made an ONNX model here: ${reason}` }, files: {} };
  }
}
