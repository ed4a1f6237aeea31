import type { Backend, DeviceFacts, Feature } from '@orilla/contract';

/** What a request to a language model in this engine may need. */
export const onnxFeatures: readonly Feature[] = [
  'tools',
  'json-object',
  'json-schema',
  'logprobs',
  'multiple-choices',
  'embeddings',
];

/** One function whose body is `i32.const 0; i8x16.splat; drop`: a browser without SIMD in WASM takes it for no module. */
const simdModule = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 9, 1, 7, 0, 65, 0, 253, 15, 26, 11,
]);

/** Whether this browser can run onnxruntime's WASM at all, which is built with SIMD. */
export function runsOnnx(): boolean {
  return WebAssembly.validate(simdModule);
}

/** What it computes with. Its shaders need no feature that an adapter may lack; a model of 16-bit floats says so in its manifest. */
export function onnxBackend(webgpu: DeviceFacts['webgpu']): Backend {
  return webgpu ? 'webgpu' : 'wasm';
}

/** Answers that are computed side by side, each with a cache of its own: step by step in turns. */
export const parallelAnswers = 2;
