import type { Feature } from '@orilla/contract';

/** What a request to this engine may need. */
export const webllmFeatures: readonly Feature[] = [
  'tools',
  'json-object',
  'json-schema',
  'logprobs',
  'multiple-choices',
];

/**
 * The least that WebLLM takes a device with, by WebGPU's names. Of buffers it asks for 1 GiB where an adapter has them, else for these.
 * A library that computes in 16-bit floats needs `shader-f16` too, which its package says.
 */
export const webllmLimits: Readonly<Record<string, number>> = {
  maxBufferSize: 256 * 1024 ** 2,
  maxStorageBufferBindingSize: 128 * 1024 ** 2,
  maxComputeWorkgroupStorageSize: 32 * 1024,
  maxStorageBuffersPerShaderStage: 10,
};

/** Whether WebLLM can take a device of an adapter with these limits; it has no other way to compute. */
export function runsWebllm(limits: Readonly<Record<string, number>>): boolean {
  return Object.entries(webllmLimits).every(([name, least]) => (limits[name] ?? 0) >= least);
}
