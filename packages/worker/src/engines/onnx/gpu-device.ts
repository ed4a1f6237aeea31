import { OrillaError } from '@orilla/contract';
import { deviceLost } from '../answer/answer-errors.ts';

/**
 * Threads that compute in step, at least, for onnxruntime to be let use them. With 4 and with 8 its attention over more than a few dozen
 * tokens was seen to come out wrong, without a word; without any it takes another way, and is right.
 */
const leastSubgroup = 16;

/** What onnxruntime's shaders use where an adapter has it. */
export function wantedFeatures({
  features,
  info,
}: {
  readonly features: Pick<ReadonlySet<string>, 'has'>;
  readonly info: Pick<GPUAdapterInfo, 'subgroupMinSize'>;
}): readonly GPUFeatureName[] {
  const subgroups = (info.subgroupMinSize ?? 0) >= leastSubgroup ? (['subgroups'] as const) : [];
  return (['shader-f16', ...subgroups] as const).filter((name) => features.has(name));
}

/** What they are bounded by. Without asking, a device has the least that WebGPU allows, whatever its adapter could do. */
const wantedLimits = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupSizeY',
  'maxComputeWorkgroupSizeZ',
  'maxComputeWorkgroupsPerDimension',
] as const;

export interface GpuDevice {
  readonly device: GPUDevice;
  /** Whether it is gone: what is asked of it then never answers, or hangs the worker. */
  readonly isLost: boolean;
  /** Rejects with `engine.device-lost` once it is gone. */
  readonly lost: Promise<never>;
  /**
   * Shader programs that were made for it since it is there: none means that nothing was computed on it. They stay as long as it does: a
   * browser compiles a shader for a device once, as long as somebody has its program.
   */
  readonly pipelines: number;
  destroy(): void;
}

/**
 * Takes a device of our own, with the adapter's features and limits. One of onnxruntime's own would stay for as long as the worker lives.
 * @throws OrillaError `engine.load-failed` where there is none
 */
export async function takeGpuDevice(gpu: GPU | undefined): Promise<GpuDevice> {
  const adapter = await gpu?.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter)
    throw new OrillaError('engine.load-failed', 'The browser gives no GPU to compute on.', {
      advice: 'Restart the browser and try again, or let the relay answer.',
    });
  const device = await adapter.requestDevice({
    requiredFeatures: [...wantedFeatures(adapter)],
    requiredLimits: Object.fromEntries(wantedLimits.map((name) => [name, adapter.limits[name]])),
  });
  return watchDevice(device);
}

/** Knows of a device whether it is gone and whether it was used. */
export function watchDevice(device: GPUDevice): GpuDevice {
  let isLost = false;
  let pipelines: GPUComputePipeline[] = [];
  const lost = device.lost.then(() => {
    isLost = true;
    throw deviceLost();
  });
  lost.catch(() => undefined); // raced by whoever computes; nobody may at the time
  const make = device.createComputePipeline.bind(device);
  device.createComputePipeline = (descriptor) => {
    const pipeline = make(descriptor);
    pipelines.push(pipeline);
    return pipeline;
  };
  const makeLater = device.createComputePipelineAsync.bind(device);
  device.createComputePipelineAsync = async (descriptor) => {
    const pipeline = await makeLater(descriptor);
    pipelines.push(pipeline);
    return pipeline;
  };
  return {
    device,
    lost,
    get isLost() {
      return isLost;
    },
    get pipelines() {
      return pipelines.length;
    },
    destroy() {
      pipelines = [];
      device.destroy();
    },
  };
}

/** The same, for who may not end it. */
export function lentDevice(gpu: GpuDevice): GpuDevice {
  return {
    device: gpu.device,
    lost: gpu.lost,
    get isLost() {
      return gpu.isLost;
    },
    get pipelines() {
      return gpu.pipelines;
    },
    destroy: () => undefined,
  };
}
