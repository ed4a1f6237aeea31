import { type ArrivingFiles, type ModelManifest, OrillaError } from '@orilla/contract';
import { untilAborted } from '../../until-aborted.ts';
import { DevicePreparation } from '../answer/device-preparation.ts';
import { CausalModel } from './causal-model.ts';
import { type GpuDevice, lentDevice, takeGpuDevice } from './gpu-device.ts';
import { readModelConfig } from './model-config.ts';
import { shortPrompt } from './open-causal-model.ts';
import { type OpenSessionOptions, openSession } from './open-session.ts';
import { startOrt } from './start-ort.ts';
import { weightlessFiles } from './weightless-files.ts';

export type PreparationOptions = Pick<OpenSessionOptions, 'loadOrt' | 'gpu'>;

const onWebgpu = { backend: 'webgpu', threads: 1 } as const;

/** A long prompt, one that attention computes in one go, and a single token go different ways in the GPU. */
const triedPrompts: readonly (readonly number[])[] = [new Array(64).fill(0), shortPrompt];

/**
 * What can be done of a load onto the GPU while the weights are on their way: onnxruntime is started, and where the weights lie beside the graph its shaders
 * are made, on a device that stays for the load. They are the longest part of it.
 */
export class Preparation extends DevicePreparation<GpuDevice> {
  constructor(manifest: Pick<ModelManifest, 'files'>, files: ArrivingFiles, options: PreparationOptions) {
    super(({ signal }) => prepare(manifest, files, { ...options, signal }));
  }

  override async take(how: { readonly signal: AbortSignal }): Promise<GpuDevice | null> {
    const device = await super.take(how);
    return device?.isLost ? null : device;
  }
}

interface PrepareOptions extends PreparationOptions {
  readonly signal: AbortSignal;
}

async function prepare(
  manifest: Pick<ModelManifest, 'files'>,
  files: ArrivingFiles,
  { signal, ...options }: PrepareOptions,
): Promise<GpuDevice | null> {
  await startOrt({ ...options, ...onWebgpu });
  signal.throwIfAborted();
  const config = new Map([['config.json', await untilAborted(files.file('config.json'), { signal })]]);
  const { kind } = await readModelConfig(config);
  const weightless = kind === 'decoder' ? await untilAborted(weightlessFiles(manifest, files), { signal }) : null;
  if (!weightless) return null;
  const device = await takeGpuDevice(options.gpu ?? navigator.gpu);
  try {
    signal.throwIfAborted();
    const lent = { ...options, ...onWebgpu, signal, device: lentDevice(device), keepOutputsOnGpu: true };
    await makeShaders(new CausalModel(await openSession(weightless, lent)), signal);
    return device;
  } catch (error) {
    device.destroy();
    throw error;
  }
}

async function makeShaders(model: CausalModel, signal: AbortSignal): Promise<void> {
  try {
    if (model.usesHalfFloats && !model.session.gpu?.device.features.has('shader-f16')) throw computesElsewhere();
    for (const tokens of triedPrompts) {
      const prompt = await model.step(tokens, null);
      try {
        signal.throwIfAborted();
        (await model.step([0], prompt.kv)).kv.release();
      } finally {
        prompt.kv.release();
      }
      signal.throwIfAborted();
    }
  } finally {
    await model.session.release();
  }
}

function computesElsewhere(): OrillaError {
  return new OrillaError('engine.load-failed', 'The model computes with 16-bit floats, which this GPU has not.');
}
