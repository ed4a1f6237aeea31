import type { Allocator } from './memory-probe.ts';

const wasmPageBytes = 64 * 1024;
const GiB = 1024 ** 3;

/** Takes memory as WASM engines do: one memory that grows. It is given back when it is collected; untouched, it costs addresses only. */
export function wasmAllocator(): Allocator {
  let memory: WebAssembly.Memory | null = new WebAssembly.Memory({ initial: 0, maximum: (4 * GiB) / wasmPageBytes });
  return {
    async allocate(bytes) {
      try {
        memory?.grow(Math.ceil(bytes / wasmPageBytes));
        return true;
      } catch {
        return false; // that it is refused is all that there is to know
      }
    },
    free() {
      memory = null;
    },
  };
}

/** Takes memory as engines on the GPU do: storage buffers, on a device of its own. `null` where there is none to be had. */
export async function gpuAllocator(gpu: GPU | undefined): Promise<Allocator | null> {
  const adapter = await gpu?.requestAdapter();
  if (!adapter) return null;
  const { maxBufferSize } = adapter.limits;
  const device = await adapter.requestDevice({ requiredLimits: { maxBufferSize } });
  let isLost = false;
  device.lost.then(() => {
    isLost = true;
  });
  const take = async (size: number) => {
    if (isLost) return false;
    device.pushErrorScope('validation');
    device.pushErrorScope('out-of-memory');
    device.createBuffer({ size, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST });
    const errors = [await device.popErrorScope(), await device.popErrorScope()];
    return !isLost && errors.every((error) => error === null);
  };
  return {
    async allocate(bytes) {
      for (let left = bytes; left > 0; left -= maxBufferSize) {
        const size = Math.ceil(Math.min(left, maxBufferSize) / 4) * 4; // WebGPU counts in words
        // A device that is lost in the middle rejects: it gave no memory.
        if (!(await take(size).catch(() => false))) return false;
      }
      return true;
    },
    free: () => device.destroy(),
  };
}
