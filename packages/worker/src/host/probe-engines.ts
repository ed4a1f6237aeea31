import type { DeviceFacts } from '@orilla/contract';
import { llamacppFeatures, runsLlamacpp, usesWebgpu } from '../engines/llamacpp/llamacpp-support.ts';
import { onnxBackend, onnxFeatures, runsOnnx } from '../engines/onnx/onnx-support.ts';
import { runsWebllm, webllmFeatures } from '../engines/webllm/webllm-support.ts';

/** The engines that this browser can run, and what each would compute with. What they say of themselves costs no download. */
export function probeEngines(webgpu: DeviceFacts['webgpu']): DeviceFacts['engines'] {
  return {
    ...(webgpu && runsWebllm(webgpu.limits) && { webllm: { features: webllmFeatures, backend: 'webgpu' } }),
    ...(runsOnnx() && { onnx: { features: onnxFeatures, backend: onnxBackend(webgpu) } }),
    ...(runsLlamacpp() && {
      llamacpp: { features: llamacppFeatures, backend: webgpu && usesWebgpu(webgpu.features) ? 'webgpu' : 'wasm' },
    }),
  };
}
