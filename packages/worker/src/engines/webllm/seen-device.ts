import { deviceLost } from '../answer/answer-errors.ts';

/** The GPU device that WebLLM computes on and keeps to itself. */
export interface SeenDevice {
  readonly isLost: boolean;
  /** Rejects with `engine.device-lost` once it is gone. */
  readonly lost: Promise<never>;
  /** Also when it is gone. */
  destroy(): void;
}

/** Where devices come from: the browser's `GPUAdapter.prototype`. */
export type DeviceMaker = Pick<GPUAdapter, 'requestDevice'>;

/** While `work` runs, tells of every device that is taken from an adapter. WebLLM takes one for each load, and shows it to nobody. */
export async function withSeenDevices<T>(
  maker: DeviceMaker,
  onDevice: (device: SeenDevice) => void,
  work: () => Promise<T>,
): Promise<T> {
  const { requestDevice } = maker;
  maker.requestDevice = async function take(this: DeviceMaker, descriptor) {
    const device = await requestDevice.call(this as GPUAdapter, descriptor); // called on an adapter, as ever
    onDevice(watch(device));
    return device;
  };
  try {
    return await work();
  } finally {
    maker.requestDevice = requestDevice;
  }
}

function watch(device: Pick<GPUDevice, 'lost' | 'destroy'>): SeenDevice {
  let isLost = false;
  const lost = device.lost.then(() => {
    isLost = true;
    throw deviceLost();
  });
  lost.catch(() => undefined); // raced by whoever computes; nobody may at the time
  return {
    lost,
    get isLost() {
      return isLost;
    },
    destroy: () => device.destroy(),
  };
}
