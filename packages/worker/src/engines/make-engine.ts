import type { DeviceFacts, Engine, EngineName } from '@orilla/contract';
import { OrillaError } from '@orilla/contract';
import { loadCode } from '../load-code.ts';

export interface MakeEngineOptions {
  /** Threads for what is computed on the CPU. */
  readonly threads: () => Promise<number>;
}

/** Makes an engine. Its code is fetched here, when it is first needed: an app downloads what it uses. */
export async function makeEngine(
  name: EngineName,
  facts: DeviceFacts,
  { threads }: MakeEngineOptions,
): Promise<Engine> {
  if (name === 'onnx' && facts.engines.onnx) {
    const { OnnxEngine } = await loadCode(() => import('./onnx/onnx-engine.ts'));
    return new OnnxEngine({ webgpu: facts.webgpu, threads });
  }
  if (name === 'webllm' && facts.engines.webllm) {
    const { WebllmEngine } = await loadCode(() => import('./webllm/webllm-engine.ts'));
    return new WebllmEngine();
  }
  if (name !== 'llamacpp' || !facts.engines.llamacpp)
    throw new OrillaError('capability.unsupported', `This browser can't run the engine ${name}.`, {
      advice: 'Use a current Chrome, Edge or Firefox, or let the relay answer.',
    });
  const { LlamacppEngine } = await loadCode(() => import('./llamacpp/llamacpp-engine.ts'));
  return new LlamacppEngine({
    adapterFeatures: facts.webgpu?.features ?? [],
    threads,
  });
}
