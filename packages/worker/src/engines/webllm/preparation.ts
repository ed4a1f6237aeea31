import type { ArrivingFiles, ModelManifest } from '@orilla/contract';
import { untilAborted } from '../../until-aborted.ts';
import { DevicePreparation } from '../answer/device-preparation.ts';
import { type DeviceMaker, withDevicesTaken } from './device-taking.ts';
import { openWebllm } from './open-webllm.ts';
import { libraryOf } from './package-files.ts';
import { PreparedDevice } from './prepared-device.ts';
import { weightlessFiles } from './weightless-files.ts';

/** One page of the KV cache: nothing is computed. */
const contextLength = 16;

export interface PreparationOptions {
  readonly openWebllm?: typeof openWebllm;
  readonly deviceMaker?: DeviceMaker;
}

/**
 * The making of a model's shaders while its weights are on their way: the longest part of a load. The model is opened without its weights
 * and closed again; its device stays, for the load.
 */
export class Preparation extends DevicePreparation<PreparedDevice> {
  constructor(manifest: Pick<ModelManifest, 'files'>, files: ArrivingFiles, options: PreparationOptions = {}) {
    super(({ signal }) => prepare(manifest, files, { ...options, signal }));
  }
}

interface PrepareOptions extends PreparationOptions {
  readonly signal: AbortSignal;
}

async function prepare(
  manifest: Pick<ModelManifest, 'files'>,
  files: ArrivingFiles,
  { signal, openWebllm: open = openWebllm, deviceMaker = GPUAdapter.prototype }: PrepareOptions,
): Promise<PreparedDevice> {
  const weightless = await untilAborted(weightlessFiles(manifest, files), { signal });
  const devices: PreparedDevice[] = [];
  const end = () => {
    for (const device of devices) device.destroy();
  };
  const take = async (make: () => Promise<GPUDevice>) => {
    const device = new PreparedDevice(await make());
    devices.push(device);
    if (signal.aborted) device.destroy();
    return device.device;
  };
  signal.addEventListener('abort', end); // what WebLLM still waits for then fails at once
  try {
    const library = libraryOf(manifest);
    const model = await withDevicesTaken(deviceMaker, take, () =>
      open(weightless, { library, contextLength, signal, deviceMaker }),
    );
    await model.close();
    const [device] = devices;
    if (device && devices.length === 1) return device;
    throw new Error(`${devices.length} devices were taken.`);
  } catch (error) {
    end();
    throw error;
  } finally {
    signal.removeEventListener('abort', end);
  }
}
