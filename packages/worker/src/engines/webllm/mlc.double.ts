import type { MakeMlc, Mlc } from './open-webllm.ts';
import type { DeviceMaker } from './seen-device.ts';

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
  readonly loss = Promise.withResolvers<GPUDeviceLostInfo>();
  readonly #script: readonly number[];
  readonly #vocabularySize: number;
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

  /** Gives devices that go when the double's does. */
  readonly deviceMaker: DeviceMaker = {
    requestDevice: async () => {
      const device: Pick<GPUDevice, 'lost' | 'destroy'> = {
        lost: this.loss.promise,
        destroy: () => {
          this.lose('destroyed');
          return undefined;
        },
      };
      return device as GPUDevice; // all that is used of it
    },
  };

  lose(reason: GPUDeviceLostReason = 'unknown'): void {
    this.loss.resolve({ __brand: 'GPUDeviceLostInfo', reason, message: '' });
  }

  async reload(_modelId: string | string[], settings?: unknown): Promise<void> {
    this.settings = settings;
    await this.deviceMaker.requestDevice();
    await this.onReload();
    this.isLoaded = true;
  }

  async getMessage(): Promise<string> {
    if (!this.isLoaded) throw Object.assign(new Error('Model not loaded'), { name: 'ModelNotLoadedError' });
    return '';
  }

  async unload(): Promise<void> {
    this.unloads += 1;
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
