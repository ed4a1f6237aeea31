import { untilAborted } from '../../until-aborted.ts';
import { CausalModel } from './causal-model.ts';
import { type OpenSessionOptions, openSession } from './open-session.ts';
import type { OnnxFiles } from './package-files.ts';

/**
 * Opens a language model and computes once, so that its first request finds shaders that are compiled. onnxruntime may leave the GPU
 * aside without a word; a model that it does so with is opened on WASM, and called by that name.
 * @throws as `openSession`
 */
export async function openCausalModel(files: OnnxFiles, options: OpenSessionOptions): Promise<CausalModel> {
  const session = await openSession(files, { ...options, keepOutputsOnGpu: true });
  try {
    const model = new CausalModel(session);
    if (!session.gpu) return model;
    const canCompute = !model.usesHalfFloats || session.gpu.device.features.has('shader-f16');
    // Where shaders are compiled a step may take many seconds.
    if (canCompute && (await untilAborted(runsOnGpu(model), options))) return model;
  } catch (error) {
    session.release().catch(() => undefined); // whoever waits is told why it goes
    throw error;
  }
  await session.release();
  return openCausalModel(files, { ...options, backend: 'wasm' });
}

/** As many tokens as go the way of most prompts: some kernels are others for two or three. */
export const shortPrompt: readonly number[] = new Array(5).fill(0);

/** Seen by what it left on the GPU, and by the programs that were made for it there. */
async function runsOnGpu(model: CausalModel): Promise<boolean> {
  const { gpu } = model.session;
  // A prompt and a single token go different ways in the GPU.
  const prompt = await model.step(shortPrompt, null);
  try {
    const next = await model.step([0], prompt.kv);
    const stays = [...next.kv.tensors.values()].every(({ location }) => location === 'gpu-buffer');
    next.kv.release();
    return stays && (gpu?.pipelines ?? 0) > 0;
  } finally {
    prompt.kv.release();
  }
}
