import { expect, test } from 'vitest';
import { DeviceDouble } from './gpu.double.ts';
import { PreparedDevice } from './prepared-device.ts';

function prepare() {
  const double = new DeviceDouble();
  const prepared = new PreparedDevice(double as unknown as GPUDevice); // all that is used of it
  return { double, prepared, shown: prepared.device };
}
const descriptor = {} as GPUComputePipelineDescriptor; // the double makes any

test('who works with it before it is taken can neither end it nor listen to it', async () => {
  const { double, prepared, shown } = prepare();
  shown.destroy();
  shown.addEventListener('uncapturederror', () => undefined);
  expect(double).toMatchObject({ isDestroyed: false, listeners: 0 });
  expect(prepared.take()).toBe(double);
});

test('once it is taken it is as the browser made it', async () => {
  const { double, prepared } = prepare();
  const taken = prepared.take();
  expect(Object.keys(double)).not.toContain('destroy');
  taken?.addEventListener('uncapturederror', () => undefined);
  taken?.destroy();
  expect(double).toMatchObject({ isDestroyed: true, listeners: 1 });
  expect((await taken?.lost)?.reason).toBe('destroyed');
});

test('makes pipelines, and when it is ended those that are being made end at once', async () => {
  const { double, prepared, shown } = prepare();
  await shown.createComputePipelineAsync(descriptor);
  expect(double.pipelines).toBe(1);
  double.onPipeline = () => new Promise(() => undefined);
  const making = shown.createComputePipelineAsync(descriptor);
  prepared.destroy();
  await expect(making).rejects.toMatchObject({ code: 'engine.device-lost' });
  expect(double.isDestroyed).toBe(true);
});

test('a device that was lost meanwhile is told as lost, and is not given', async () => {
  const { double, prepared, shown } = prepare();
  double.lose();
  expect((await shown.lost).reason).toBe('unknown');
  expect(prepared.take()).toBeNull();
});
