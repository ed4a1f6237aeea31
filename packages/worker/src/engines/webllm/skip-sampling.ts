import { pipelineOf } from './pipeline-of.ts';

/** What is used of the part of WebLLM that holds a model, which it shows to nobody. */
interface Pipeline {
  sampleFromRawLogits(logits: unknown): Promise<number>;
  updateLogitsOnCPU(logits: unknown): { toArray(): unknown };
  readonly tvm: { beginScope(): void; endScope(): void };
  readonly device: { sync(): Promise<void> };
}

/** In the place of the token that WebLLM would have sampled, which nobody takes. */
const noToken = 0;

/**
 * After every step WebLLM samples on the GPU: it sorts the whole vocabulary, and waits once more for what came of it. Where nobody takes
 * what it samples, that is a third of a step with a small model; from now on the logits are read and that is all. False where WebLLM is
 * not as it was in the version that this was written for: then it samples, and a logit processor gets the same logits.
 */
export function skipSampling(mlc: object, modelId: string, onLogits: (logits: Float32Array) => void): boolean {
  const pipeline = pipelineOf(mlc, modelId);
  if (!isPipeline(pipeline)) return false;
  pipeline.sampleFromRawLogits = async (logits) => {
    const { tvm, device } = pipeline;
    tvm.beginScope();
    let read: { toArray(): unknown };
    try {
      read = pipeline.updateLogitsOnCPU(logits);
    } finally {
      tvm.endScope();
    }
    await device.sync();
    const values = read.toArray();
    if (!(values instanceof Float32Array)) throw new TypeError('Logits of another type.');
    onLogits(values);
    return noToken;
  };
  return true;
}

function isPipeline(value: object | null): value is Pipeline {
  if (value === null) return false;
  const has = (owner: unknown, ...names: readonly string[]) =>
    typeof owner === 'object' &&
    owner !== null &&
    names.every((name) => typeof Reflect.get(owner, name) === 'function');
  return (
    has(value, 'sampleFromRawLogits', 'updateLogitsOnCPU') &&
    has(Reflect.get(value, 'tvm'), 'beginScope', 'endScope') &&
    has(Reflect.get(value, 'device'), 'sync')
  );
}
