import { expect, test } from 'vitest';
import { takeGpuDevice, wantedFeatures, watchDevice } from './gpu-device.ts';

const adapter = (features: readonly string[], subgroupMinSize: number) => ({
  features: new Set(features),
  info: { subgroupMinSize },
});

test('takes 16-bit floats and subgroups where the adapter has them', () => {
  expect(wantedFeatures(adapter(['shader-f16', 'subgroups', 'timestamp-query'], 32))).toEqual([
    'shader-f16',
    'subgroups',
  ]);
  expect(wantedFeatures(adapter([], 32))).toEqual([]);
});

test('leaves subgroups alone that are too small for the attention of long prompts', () => {
  for (const threads of [4, 8])
    expect(wantedFeatures(adapter(['shader-f16', 'subgroups'], threads))).toEqual(['shader-f16']);
  expect(wantedFeatures(adapter(['subgroups'], 16))).toEqual(['subgroups']);
});

test('a browser without a GPU is told as such', async () => {
  await expect(takeGpuDevice(undefined)).rejects.toMatchObject({
    code: 'engine.load-failed',
    advice: expect.any(String),
  });
});

/** A device as far as it is watched: no GPU is in this process. */
function fakeDevice() {
  const lost = Promise.withResolvers<GPUDeviceLostInfo>();
  const made: string[] = [];
  const device = {
    lost: lost.promise,
    createComputePipeline: () => made.push('now'),
    createComputePipelineAsync: async () => made.push('later'),
    destroy: () => made.push('destroyed'),
  };
  return { device: device as unknown as GPUDevice, lose: lost.resolve, made }; // only these are touched
}

test('whatever reason the browser gives, a lost device is told as `engine.device-lost`, and known as lost', async () => {
  for (const reason of ['unknown', 'destroyed'] as const) {
    const { device, lose } = fakeDevice();
    const watched = watchDevice(device);
    expect(watched.isLost).toBe(false);
    lose({ reason, message: 'secret', __brand: 'GPUDeviceLostInfo' });
    await expect(watched.lost).rejects.toMatchObject({ code: 'engine.device-lost' });
    expect(watched.isLost).toBe(true);
  }
});

test('counts the programs that are made for it, which are made all the same', async () => {
  const { device, made } = fakeDevice();
  const watched = watchDevice(device);
  expect(watched.pipelines).toBe(0);
  const descriptor = {} as GPUComputePipelineDescriptor; // nobody looks into it
  device.createComputePipeline(descriptor);
  await device.createComputePipelineAsync(descriptor);
  expect(watched.pipelines).toBe(2);
  expect(made).toEqual(['now', 'later']);
  watched.destroy();
  expect(made.at(-1)).toBe('destroyed');
});
