import type { Feature } from '@orilla/contract';

/** What a request to this engine may need. */
export const llamacppFeatures: readonly Feature[] = [
  'tools',
  'json-object',
  'json-schema',
  'logprobs',
  'multiple-choices',
  'embeddings',
];

/** llama.cpp's shaders are written with 16-bit floats: without them it would compute on the CPU and say nothing. */
const shaderFeature = 'shader-f16';

/**
 * Whether this browser can run the engine's WASM at all. It needs 64-bit memory; browsers had SIMD and exceptions long before that.
 * (Safari would need another build, which its maker serves from a CDN: no page should fetch code from there unasked.)
 */
export function runsLlamacpp(): boolean {
  try {
    // The DOM's types do not know `address` yet; where the browser does not either, it refuses the BigInt.
    const descriptor = { address: 'i64', initial: 1n };
    new WebAssembly.Memory(descriptor as unknown as WebAssembly.MemoryDescriptor);
    return true;
  } catch {
    return false;
  }
}

/** Whether the engine computes on an adapter with these features. It waits for the GPU inside WASM, which takes JSPI. */
export function usesWebgpu(adapterFeatures: readonly string[]): boolean {
  return adapterFeatures.includes(shaderFeature) && 'Suspending' in WebAssembly;
}
