import { untilAborted } from '../../until-aborted.ts';

/** What was prepared on a GPU, and is to be given back. */
export interface Prepared {
  destroy(): void;
}

/** Something that an engine makes on the GPU while weights are on their way, until a load takes it or it is given back. */
export class DevicePreparation<Device extends Prepared> {
  readonly #over = new AbortController();
  readonly #device: Promise<Device | null>;

  /** @param prepare gives `null` where there is nothing to be made beforehand */
  constructor(prepare: (how: { readonly signal: AbortSignal }) => Promise<Device | null>) {
    this.#device = prepare({ signal: this.#over.signal });
    this.#device.catch(() => undefined); // told to those who wait
  }

  /** Settles when it is done. @throws what it failed with; AbortError */
  async wait({ signal }: { readonly signal: AbortSignal }): Promise<void> {
    await untilAborted(this.#device, { signal });
  }

  /**
   * Gives the device, once all is done: the same shaders would be made anew in its place. `null` where there is none, or it failed.
   * @throws AbortError, and it comes to its end
   */
  async take({ signal }: { readonly signal: AbortSignal }): Promise<Device | null> {
    const device = this.#device.catch(() => null);
    try {
      return await untilAborted(device, { signal });
    } catch (error) {
      await this.end();
      throw error;
    }
  }

  /** Stops it. Settles when nothing of it is left. Never rejects. */
  async end(): Promise<void> {
    this.#over.abort();
    const device = await this.#device.catch(() => null);
    device?.destroy();
  }
}
