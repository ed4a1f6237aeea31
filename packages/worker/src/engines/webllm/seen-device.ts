import { deviceLost } from '../answer/answer-errors.ts';

/** The GPU device that WebLLM computes on and keeps to itself. */
export interface SeenDevice {
  readonly isLost: boolean;
  /** Rejects with `engine.device-lost` once it is gone. */
  readonly lost: Promise<never>;
  /** Also when it is gone. */
  destroy(): void;
}

export function seenDevice(device: Pick<GPUDevice, 'lost' | 'destroy'>): SeenDevice {
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
