import { AdapterDouble } from './gpu.double.ts';
import type { MakeMlc, Mlc } from './open-webllm.ts';

/**
 * A double of WebLLM's engine and of the GPU below it, which fails in the ways of the real ones at a moment that a test chooses; what the
 * real ones compute, and that these are their ways, is tested in a browser. It writes the tokens of `script` again and again, counting
 * from the first token behind the prompt it was begun with.
 */
export class MlcDouble implements Mlc {
  readonly steps: (readonly number[])[] = [];
  readonly held: number[] = [];
  resets = 0;
  unloads = 0;
  isLoaded = false;
  /** Of the load: what it does once the device is there. */
  onReload: () => Promise<void> = async () => undefined;
  /** Before each step. */
  onStep: () => Promise<void> = async () => undefined;
  settings: unknown;
  readonly adapter = new AdapterDouble();
  readonly #script: readonly number[];
  readonly #vocabularySize: number;
  #device: GPUDevice | null = null;
  #promptLength = 0;
  #process: (logits: Float32Array) => unknown = () => undefined;

  constructor({ script = [7], vocabularySize = 600 }: { script?: readonly number[]; vocabularySize?: number } = {}) {
    this.#script = script;
    this.#vocabularySize = vocabularySize;
  }

  readonly make: MakeMlc = async ({ logitProcessorRegistry }) => {
    const processor = logitProcessorRegistry?.get('model');
    if (processor) this.#process = (logits) => processor.processLogits(logits);
    return this;
  };

  lose(reason?: GPUDeviceLostReason): void {
    for (const device of this.adapter.devices) device.lose(reason);
  }

  async reload(_modelId: string | string[], settings?: unknown): Promise<void> {
    this.settings = settings;
    this.#device = await this.adapter.requestDevice();
    await this.#device.createComputePipelineAsync({} as GPUComputePipelineDescriptor); // the double makes any
    await this.onReload();
    this.isLoaded = true;
  }

  async getMessage(): Promise<string> {
    if (!this.isLoaded) throw Object.assign(new Error('Model not loaded'), { name: 'ModelNotLoadedError' });
    return '';
  }

  async unload(): Promise<void> {
    this.unloads += 1;
    if (this.isLoaded) this.#device?.destroy();
    this.isLoaded = false;
  }

  async resetChat(): Promise<void> {
    this.resets += 1;
    this.held.length = 0;
  }

  async forwardTokensAndSample(ids: number[]): Promise<number> {
    await this.onStep();
    await this.getMessage();
    this.steps.push(ids);
    if (ids.length > 1 || this.held.length === 0) this.#promptLength = this.held.length + ids.length;
    this.held.push(...ids);
    const logits = new Float32Array(this.#vocabularySize);
    logits[this.#script[(this.held.length - this.#promptLength) % this.#script.length] ?? 0] = 20;
    this.#process(logits);
    return 0;
  }
}
