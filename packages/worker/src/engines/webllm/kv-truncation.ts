import { pipelineOf } from './pipeline-of.ts';

/** Lets go the last tokens that a model holds. */
export type DropTokens = (tokens: number) => void;

/** What is used of the part of WebLLM that holds a model, which it shows to nobody. */
interface Pipeline {
  filledKVCacheLength: number;
  readonly kvCache: unknown;
  readonly rnnState?: unknown;
  readonly slidingWindowSize: number;
  readonly tvm: {
    beginScope(): void;
    endScope(): void;
    getGlobalFunc(name: string): (...args: readonly unknown[]) => unknown;
    scalar(value: number, type: 'int32' | 'int64'): unknown;
  };
}

/** The one sequence that WebLLM has. */
const sequence = 0;

/**
 * A KV cache can be shortened, so that what two prompts begin with is computed once. The library's own runtime does it, but WebLLM offers
 * no call for it: this reaches for what it keeps private. `null` where that is not as it was in the version that this was written for, or
 * the model keeps a state that can't be shortened; a prompt then begins anew.
 */
export function kvTruncation(mlc: object, modelId: string): DropTokens | null {
  const pipeline = pipelineOf(mlc, modelId);
  if (!isPipeline(pipeline) || pipeline.rnnState !== undefined || pipeline.slidingWindowSize !== -1) return null;
  return (tokens) => {
    const { tvm, kvCache } = pipeline;
    tvm.beginScope();
    try {
      const pop = tvm.getGlobalFunc('vm.builtin.kv_state_popn');
      pop(kvCache, tvm.scalar(sequence, 'int64'), tvm.scalar(tokens, 'int32'));
    } finally {
      tvm.endScope();
    }
    pipeline.filledKVCacheLength -= tokens;
  };
}

function isPipeline(value: unknown): value is Pipeline {
  if (!isObject(value)) return false;
  const { filledKVCacheLength: length, slidingWindowSize: window, kvCache, tvm } = value;
  if (typeof length !== 'number' || typeof window !== 'number' || kvCache === undefined || !isObject(tvm)) return false;
  return ['beginScope', 'endScope', 'getGlobalFunc', 'scalar'].every((name) => typeof tvm[name] === 'function');
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
