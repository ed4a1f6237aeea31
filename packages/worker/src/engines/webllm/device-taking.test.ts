import { expect, test } from 'vitest';
import { withDevicesTaken } from './device-taking.ts';
import { AdapterDouble } from './gpu.double.ts';

test('whoever asks for a device meanwhile gets what is given, made as it was asked for or not made at all', async () => {
  const adapter = new AdapterDouble();
  const ready = await adapter.requestDevice();
  const given = await withDevicesTaken(
    AdapterDouble.prototype,
    async () => ready,
    () => adapter.requestDevice(),
  );
  expect(given).toBe(ready);
  expect(adapter.devices).toHaveLength(1);
  const made = await withDevicesTaken(
    AdapterDouble.prototype,
    (make) => make(),
    () => adapter.requestDevice(),
  );
  expect(made).toBe(adapter.devices[1]);
});

test('those that are asked for afterwards are the adapter’s own, also when the work failed', async () => {
  const { requestDevice } = AdapterDouble.prototype;
  const work = () => Promise.reject(new Error('failed'));
  await expect(withDevicesTaken(AdapterDouble.prototype, () => expect.unreachable(), work)).rejects.toThrow('failed');
  expect(AdapterDouble.prototype.requestDevice).toBe(requestDevice);
});
