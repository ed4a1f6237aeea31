import type { Backend, DeviceFacts, MemoryBudget } from '@orilla/contract';

const GiB = 1024 ** 3;

/** A browser that does not tell the device's memory (Firefox, Safari) most often runs on at least this much. */
const assumedDeviceBytes = 4 * GiB;
/** What WASM can address in the engines' builds is 4 GiB; the rest is the engine's own code, stacks and files. */
const wasmBytes = 3.5 * GiB;
/** WebGPU tells how large one buffer may be, never how much memory there is. Adapters take about this many of the largest. */
const largestBuffers = 4;
/** What nobody may count on in a browser tab, whatever the machine. */
const ceilingBytes = 16 * GiB;

export interface MemoryFacts {
  /** GiB as `navigator.deviceMemory` gives it: rounded, and capped by the browser. */
  readonly deviceMemory: number | undefined;
  /** The largest buffer of the adapter that the model will run on; `null` where it will run on WASM. */
  readonly maxBufferBytes: number | null;
}

/**
 * A rule of thumb for what a model may take, in bytes: half of the device's memory, for the page, the browser and the system live in the
 * other half; not more than WASM can address, or than four of the largest buffers of the GPU; never more than 16 GiB.
 * A GPU's memory cannot be asked for, and an integrated GPU shares the device's, so that half bounds both ways.
 */
export function memoryBudgetBytes({ deviceMemory, maxBufferBytes }: MemoryFacts): number {
  const deviceBytes = deviceMemory === undefined ? assumedDeviceBytes : deviceMemory * GiB;
  const backendBytes = maxBufferBytes === null ? wasmBytes : maxBufferBytes * largestBuffers;
  return Math.floor(Math.min(deviceBytes / 2, backendBytes, ceilingBytes));
}

type Memory = Pick<DeviceFacts, 'memory' | 'memoryBudgetBytes' | 'memoryBasis'>;

/** The rule's budget for each backend that there is. */
export function memoryByRule({
  deviceMemory,
  webgpu,
}: Pick<MemoryFacts, 'deviceMemory'> & Pick<DeviceFacts, 'webgpu'>): NonNullable<Memory['memory']> {
  const budget = (maxBufferBytes: number | null): MemoryBudget => ({
    budgetBytes: memoryBudgetBytes({ deviceMemory, maxBufferBytes }),
    basis: 'rule',
  });
  return { wasm: budget(null), ...(webgpu && { webgpu: budget(webgpu.maxBufferBytes) }) };
}

/** The facts of memory, with the one figure that stands for all: that of the GPU where an engine uses it, else that of WASM. */
export function memoryFacts(
  memory: NonNullable<Memory['memory']>,
  engines: DeviceFacts['engines'],
): Memory & { readonly memory: NonNullable<Memory['memory']> } {
  const usesGpu = Object.values(engines).some(({ backend }) => backend === 'webgpu');
  const { budgetBytes = 0, basis = 'rule' } = (usesGpu && memory.webgpu) || memory.wasm || {};
  return { memory, memoryBudgetBytes: budgetBytes, memoryBasis: basis };
}

export const backends = ['webgpu', 'wasm'] as const satisfies readonly Backend[];
