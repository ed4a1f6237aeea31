import { deviceLost } from '../answer/answer-errors.ts';

/**
 * A GPU device with the pipelines that were made on it. A browser compiles a shader for a device once, as long as somebody has its pipeline:
 * who makes the same ones on the same device again waits for nothing. Until it is taken, whoever works with it can neither end it nor leave
 * anything behind on it.
 */
export class PreparedDevice {
  readonly device: GPUDevice;
  readonly #ended = Promise.withResolvers<never>();
  /** What it shows in the place of its own. */
  readonly #shown: readonly string[];
  #pipelines: GPUComputePipeline[] = [];
  #isLost = false;
  #tellLost: ((info: GPUDeviceLostInfo) => void) | null;

  constructor(device: GPUDevice) {
    this.device = device;
    const { promise: lost, resolve } = Promise.withResolvers<GPUDeviceLostInfo>();
    this.#tellLost = resolve;
    device.lost.then((info) => {
      this.#isLost = true;
      this.#tellLost?.(info);
    });
    this.#ended.promise.catch(() => undefined); // nobody may be waiting
    const make = device.createComputePipelineAsync.bind(device);
    const createComputePipelineAsync: typeof make = async (descriptor) => {
      // A destroyed device may tell only when its shaders are made after all.
      const pipeline = await Promise.race([make(descriptor), this.#ended.promise]);
      this.#pipelines.push(pipeline);
      return pipeline;
    };
    const nothing = () => undefined;
    // Who waits for a loss, or listens, would stay in memory as long as the device does; so would they by a promise that is kept here.
    const shown = { createComputePipelineAsync, destroy: nothing, lost, addEventListener: nothing };
    this.#shown = Object.keys(shown);
    for (const [name, value] of Object.entries(shown))
      Object.defineProperty(device, name, { value, configurable: true });
  }

  /** Gives the device as the browser made it, or `null` where it was lost meanwhile. The pipelines stay until `forget`. */
  take(): GPUDevice | null {
    this.#tellLost = null;
    this.#showAsItIs();
    return this.#isLost ? null : this.device;
  }

  /** Lets the pipelines go, once others were made of the same shaders. */
  forget(): void {
    this.#pipelines = [];
  }

  /** Whoever still works with it is told of a loss, at once. */
  destroy(): void {
    this.#ended.reject(deviceLost());
    this.forget();
    this.#showAsItIs();
    this.device.destroy();
  }

  #showAsItIs(): void {
    for (const name of this.#shown) Reflect.deleteProperty(this.device, name);
  }
}
