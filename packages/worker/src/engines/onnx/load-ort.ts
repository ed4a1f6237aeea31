import type { Backend } from '@orilla/contract';
import { loadCode } from '../../load-code.ts';

/** onnxruntime-web's module. It keeps its WASM for as long as the worker lives, and takes its settings once, before the first session. */
export type Ort = typeof import('onnxruntime-web');

export interface LoadOrtOptions {
  readonly backend: Backend;
  readonly threads: number;
}

/**
 * Brings onnxruntime: the build for WebGPU only where that is what computes, since it is twice the other's size. Its WASM comes from where
 * the app's own code comes from; its default, where the app is bundled in an unforeseen way, would be a guess.
 * @throws OrillaError `engine.load-failed`
 */
export async function loadOrt({ backend, threads }: LoadOrtOptions): Promise<Ort> {
  const ort = await (backend === 'webgpu' ? forWebgpu() : forWasm());
  ort.env.wasm.numThreads = backend === 'webgpu' ? 1 : threads;
  ort.env.wasm.proxy = false;
  ort.env.logLevel = 'fatal';
  return ort;
}

async function forWebgpu(): Promise<Ort> {
  const ort = await loadCode(() => import('onnxruntime-web/webgpu'));
  const url = new URL('onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm', import.meta.url);
  ort.env.wasm.wasmPaths = { wasm: url.href };
  return ort;
}

async function forWasm(): Promise<Ort> {
  const ort = await loadCode(() => import('onnxruntime-web/wasm'));
  const url = new URL('onnxruntime-web/ort-wasm-simd-threaded.wasm', import.meta.url);
  ort.env.wasm.wasmPaths = { wasm: url.href };
  return ort;
}
