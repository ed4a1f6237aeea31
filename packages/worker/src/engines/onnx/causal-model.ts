import type { InferenceSession, Tensor } from 'onnxruntime-web';
import { badPackage } from '../package/read-package.ts';
import { KvCache } from './kv-cache.ts';
import { lastRow, lastRowFromGpu } from './last-row.ts';
import type { OrtSession } from './open-session.ts';

export interface Step {
  /** Of all tokens so far. The caller releases it. */
  readonly kv: KvCache;
  /** Of what comes next, one for each token; `null` where nobody wanted them. */
  readonly logits: Float32Array | null;
}

interface CacheInput {
  readonly input: string;
  readonly output: string;
  readonly type: 'float32' | 'float16';
  readonly heads: number;
  readonly headSize: number;
}

/** A language model as exporters write it: tokens and a cache in, logits and the longer cache out. */
export class CausalModel {
  readonly session: OrtSession;
  readonly #caches: readonly CacheInput[];
  readonly #takesPositions: boolean;
  readonly #takesLogitsToKeep: boolean;

  /** @throws OrillaError `engine.load-failed` where the graph is none of this kind */
  constructor(session: OrtSession) {
    this.session = session;
    const names = session.inputs.map(({ name }) => name);
    this.#caches = session.inputs.flatMap((input) => cacheInput(input, session.outputNames));
    this.#takesPositions = names.includes('position_ids');
    this.#takesLogitsToKeep = names.includes('num_logits_to_keep');
    const known = new Set(['input_ids', 'attention_mask', 'position_ids', 'num_logits_to_keep']);
    const unknown = names.find((name) => !known.has(name) && !this.#caches.some(({ input }) => input === name));
    if (unknown !== undefined) throw badPackage(`its graph asks for ${unknown}, which is not known here`);
    for (const name of ['input_ids', 'attention_mask'])
      if (!names.includes(name)) throw badPackage(`its graph takes no ${name}`);
    if (this.#caches.length === 0 || !session.outputNames.includes('logits'))
      throw badPackage('its graph keeps no cache or gives no logits');
  }

  /** Whether it computes with 16-bit floats, which not every GPU has. */
  get usesHalfFloats(): boolean {
    return this.#caches.some(({ type }) => type === 'float16');
  }

  /**
   * Computes tokens behind those of `past`, at least one. Settles when the GPU is done with them, so that no work piles up there.
   * @throws as `OrtSession.run`
   */
  async step(ids: readonly number[], past: KvCache | null, { wantsLogits = true } = {}): Promise<Step> {
    const { ort, gpu } = this.session;
    const from = past?.length ?? 0;
    const length = from + ids.length;
    const whole = (values: readonly (number | bigint)[], dims: readonly number[]) =>
      new ort.Tensor('int64', BigInt64Array.from(values, BigInt), dims);
    const feeds: Record<string, Tensor> = {
      input_ids: whole(ids, [1, ids.length]),
      attention_mask: new ort.Tensor('int64', new BigInt64Array(length).fill(1n), [1, length]),
    };
    if (this.#takesPositions)
      feeds.position_ids = whole(
        ids.map((_, index) => from + index),
        [1, ids.length],
      );
    if (this.#takesLogitsToKeep) feeds.num_logits_to_keep = whole([1], []);
    for (const cache of this.#caches) feeds[cache.input] = past?.tensors.get(cache.input) ?? this.#empty(cache);

    const outputs = await this.session.run(feeds);
    const { logits } = outputs;
    const tensors = this.#caches.flatMap(({ input, output }) => {
      const tensor = outputs[output];
      return tensor ? [[input, tensor] as const] : [];
    });
    const kv = new KvCache(this.session, new Map(tensors), length);
    try {
      if (!logits) throw badPackage('its graph gave no logits');
      return { kv, logits: await this.#read(logits, wantsLogits, gpu?.device) };
    } catch (error) {
      kv.release();
      throw error;
    } finally {
      logits?.dispose();
    }
  }

  async #read(logits: Tensor, isWanted: boolean, device: GPUDevice | undefined): Promise<Float32Array | null> {
    if (!device || logits.location !== 'gpu-buffer') return isWanted ? lastRow(logits) : null;
    if (isWanted) return this.session.settled(lastRowFromGpu(logits, device));
    await this.session.settled(device.queue.onSubmittedWorkDone());
    return null;
  }

  #empty({ type, heads, headSize }: CacheInput): Tensor {
    const { ort } = this.session;
    const dims = [1, heads, 0, headSize];
    return type === 'float16'
      ? new ort.Tensor('float16', new Uint16Array(0), dims)
      : new ort.Tensor('float32', new Float32Array(0), dims);
  }
}

function cacheInput(input: InferenceSession.ValueMetadata, outputs: readonly string[]): readonly CacheInput[] {
  if (!input.isTensor || !input.name.startsWith('past_key_values.')) return [];
  const output = input.name.replace('past_key_values.', 'present.');
  const [, heads, , headSize] = input.shape;
  const { type } = input;
  if (!outputs.includes(output) || typeof heads !== 'number' || typeof headSize !== 'number')
    throw badPackage(`its cache ${input.name} has no fixed heads, or no output`);
  if (type !== 'float32' && type !== 'float16') throw badPackage(`its cache is of ${type}`);
  return [{ input: input.name, output, type, heads, headSize }];
}
