import { expect, test } from 'vitest';
import { AdapterDouble } from './gpu.double.ts';
import { seenDevice } from './seen-device.ts';

const adapter = new AdapterDouble();

test('knows when the device is gone', async () => {
  const seen = seenDevice(await adapter.requestDevice());
  expect(seen.isLost).toBe(false);
  adapter.devices.at(-1)?.lose();
  await expect(seen.lost).rejects.toMatchObject({ code: 'engine.device-lost' });
  expect(seen.isLost).toBe(true);
});

test('ends it when told to', async () => {
  seenDevice(await adapter.requestDevice()).destroy();
  expect(adapter.devices.at(-1)?.isDestroyed).toBe(true);
});
