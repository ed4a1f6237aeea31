/** A GPU device that can be lost; the browser's own takes seconds and a GPU. What a test sees of it are methods of its kind, as there. */
export class DeviceDouble {
  pipelines = 0;
  listeners = 0;
  isDestroyed = false;
  /** While a pipeline is made. */
  onPipeline: () => Promise<void> = async () => undefined;
  readonly #loss = Promise.withResolvers<GPUDeviceLostInfo>();

  get lost(): Promise<GPUDeviceLostInfo> {
    return this.#loss.promise;
  }

  lose(reason: GPUDeviceLostReason = 'unknown'): void {
    this.#loss.resolve({ __brand: 'GPUDeviceLostInfo', reason, message: '' });
  }

  destroy(): void {
    this.isDestroyed = true;
    this.lose('destroyed');
  }

  addEventListener(): void {
    this.listeners += 1;
  }

  async createComputePipelineAsync(): Promise<object> {
    await this.onPipeline();
    this.pipelines += 1;
    return {};
  }
}

/** What devices are asked of, and those that it made. */
export class AdapterDouble {
  readonly devices: DeviceDouble[] = [];

  async requestDevice(): Promise<GPUDevice> {
    const device = new DeviceDouble();
    this.devices.push(device);
    return device as unknown as GPUDevice; // all that is used of it
  }
}
