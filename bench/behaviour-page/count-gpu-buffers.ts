/** Bytes of GPU buffers that a worker has. */
export interface GpuBufferCount {
  bytes: number;
  peakBytes: number;
}

declare global {
  var gpuBufferCount: GpuBufferCount | undefined;
}

/** What of WebGPU makes buffers and lets them go. */
export interface BufferMakers {
  readonly device: { createBuffer(descriptor: { readonly size: number }): object; destroy(): void };
  readonly buffer: { destroy(): void };
}

/** Counts, from now on, the buffers that are made in this worker. One that is dropped without `destroy` counts as long as its device lives. */
export function countGpuBuffers(scope: typeof globalThis = globalThis): void {
  const count: GpuBufferCount = { bytes: 0, peakBytes: 0 };
  scope.gpuBufferCount = count;
  if (!('GPUDevice' in scope)) return;
  countBuffers({ device: scope.GPUDevice.prototype, buffer: scope.GPUBuffer.prototype }, count);
}

export function countBuffers({ device, buffer }: BufferMakers, count: GpuBufferCount): void {
  const live = new WeakMap<object, { bytes: number; readonly of: object }>();
  const ofDevice = new WeakMap<object, number>();
  const add = (owner: object, bytes: number) => {
    count.bytes += bytes;
    count.peakBytes = Math.max(count.peakBytes, count.bytes);
    ofDevice.set(owner, (ofDevice.get(owner) ?? 0) + bytes);
  };
  const { createBuffer, destroy: endDevice } = device;
  const { destroy: endBuffer } = buffer;
  device.createBuffer = function (descriptor) {
    const made = createBuffer.call(this, descriptor);
    live.set(made, { bytes: descriptor.size, of: this });
    add(this, descriptor.size);
    return made;
  };
  buffer.destroy = function () {
    const known = live.get(this);
    // Of a device that is gone they are counted as gone already.
    if (known && ofDevice.has(known.of)) add(known.of, -known.bytes);
    live.delete(this);
    endBuffer.call(this);
  };
  device.destroy = function () {
    count.bytes -= ofDevice.get(this) ?? 0;
    ofDevice.delete(this);
    endDevice.call(this);
  };
}
