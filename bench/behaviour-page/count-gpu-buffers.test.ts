import { expect, test } from 'vitest';
import { countBuffers, countGpuBuffers, type GpuBufferCount } from './count-gpu-buffers.ts';

function counted() {
  class Device {
    createBuffer(_: { readonly size: number }): Buffer {
      return new Buffer();
    }
    destroy(): void {
      destroyed.push('device');
    }
  }
  class Buffer {
    destroy(): void {
      destroyed.push('buffer');
    }
  }
  const destroyed: string[] = [];
  const count: GpuBufferCount = { bytes: 0, peakBytes: 0 };
  countBuffers({ device: Device.prototype, buffer: Buffer.prototype }, count);
  return { device: () => new Device(), count, destroyed };
}

test('counts what is there, and the most that ever was', () => {
  const { device, count, destroyed } = counted();
  const gpu = device();
  const first = gpu.createBuffer({ size: 100 });
  gpu.createBuffer({ size: 20 });
  first.destroy();
  gpu.createBuffer({ size: 50 });
  expect(count).toEqual({ bytes: 70, peakBytes: 120 });
  expect(destroyed).toEqual(['buffer']);
});

test('a buffer that is destroyed twice goes once', () => {
  const { device, count } = counted();
  const buffer = device().createBuffer({ size: 100 });
  buffer.destroy();
  buffer.destroy();
  expect(count.bytes).toBe(0);
});

test('with a device all of its buffers go, and those of another one stay', () => {
  const { device, count, destroyed } = counted();
  const [one, other] = [device(), device()];
  const buffer = one.createBuffer({ size: 100 });
  other.createBuffer({ size: 7 });
  one.destroy();
  expect(count).toEqual({ bytes: 7, peakBytes: 107 });
  buffer.destroy();
  one.destroy();
  expect(count.bytes).toBe(7);
  expect(destroyed).toEqual(['device', 'buffer', 'device']);
});

test('where there is no WebGPU nothing is counted', () => {
  countGpuBuffers();
  expect(globalThis.gpuBufferCount).toEqual({ bytes: 0, peakBytes: 0 });
  globalThis.gpuBufferCount = undefined;
});
