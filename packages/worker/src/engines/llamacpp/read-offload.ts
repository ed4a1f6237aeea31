import type { Backend, LoadedModel } from '@orilla/contract';

type GpuLayers = NonNullable<LoadedModel['gpuLayers']>;

/** Finds in a line of llama.cpp's log how many layers the GPU got. */
export function readOffload(line: string): GpuLayers | null {
  const [, offloaded, total] = /offloaded (\d+)\/(\d+) layers to GPU/.exec(line) ?? [];
  return offloaded === undefined || total === undefined ? null : { offloaded: Number(offloaded), total: Number(total) };
}

/** Where the model really runs. With a part of its layers on the CPU it runs at the CPU's pace, and is told as that. */
export function backendOf(layers: GpuLayers | null): Backend {
  return layers !== null && layers.total > 0 && layers.offloaded === layers.total ? 'webgpu' : 'wasm';
}
