import { expect, test } from 'vitest';
import { type SeenDevice, withSeenDevices } from './seen-device.ts';

/** An adapter whose device can be lost; the browser's own takes seconds and a GPU. */
class Adapter {
  readonly loss = Promise.withResolvers<GPUDeviceLostInfo>();
  isDestroyed = false;

  async requestDevice(): Promise<GPUDevice> {
    const device: Pick<GPUDevice, 'lost' | 'destroy'> = {
      lost: this.loss.promise,
      destroy: () => {
        this.isDestroyed = true;
      },
    };
    return device as GPUDevice; // all that is used of it
  }
}
const info: GPUDeviceLostInfo = { __brand: 'GPUDeviceLostInfo', reason: 'unknown', message: '' };

test('sees the device that is taken meanwhile, and knows when it is gone', async () => {
  const adapter = new Adapter();
  const seen: SeenDevice[] = [];
  const device = await withSeenDevices(
    Adapter.prototype,
    (one) => seen.push(one),
    () => adapter.requestDevice(),
  );
  expect(device.lost).toBe(adapter.loss.promise);
  expect(seen).toHaveLength(1);
  expect(seen[0]?.isLost).toBe(false);
  adapter.loss.resolve(info);
  await expect(seen[0]?.lost).rejects.toMatchObject({ code: 'engine.device-lost' });
  expect(seen[0]?.isLost).toBe(true);
});

test('ends it when told to', async () => {
  const adapter = new Adapter();
  let seen: SeenDevice | undefined;
  await withSeenDevices(
    Adapter.prototype,
    (one) => {
      seen = one;
    },
    () => adapter.requestDevice(),
  );
  seen?.destroy();
  expect(adapter.isDestroyed).toBe(true);
});

test('sees none of those that are taken afterwards, also when the work failed', async () => {
  const { requestDevice } = Adapter.prototype;
  const work = () => Promise.reject(new Error('failed'));
  await expect(withSeenDevices(Adapter.prototype, () => expect.unreachable(), work)).rejects.toThrow('failed');
  expect(Adapter.prototype.requestDevice).toBe(requestDevice);
});
