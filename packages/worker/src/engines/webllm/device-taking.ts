/** Where devices come from: the browser's `GPUAdapter.prototype`. */
export type DeviceMaker = Pick<GPUAdapter, 'requestDevice'>;

/** Gives the device that whoever asks for one gets. `make` makes it as it was asked for. */
export type TakeDevice = (make: () => Promise<GPUDevice>) => Promise<GPUDevice>;

/** While `work` runs, whoever asks an adapter for a device gets what `take` gives. WebLLM asks for one with each load. */
export async function withDevicesTaken<T>(maker: DeviceMaker, take: TakeDevice, work: () => Promise<T>): Promise<T> {
  const { requestDevice } = maker;
  maker.requestDevice = function (this: DeviceMaker, descriptor) {
    return take(() => requestDevice.call(this as GPUAdapter, descriptor)); // called on an adapter, as ever
  };
  try {
    return await work();
  } finally {
    maker.requestDevice = requestDevice;
  }
}
