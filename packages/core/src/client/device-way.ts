import { startWorker } from '@orilla/worker/page';
import { openClosedWorkers } from '../device/closed-workers.ts';
import { Device } from '../device/device.ts';
import { WorkerLink } from '../device/worker-link.ts';
import { devicePackages } from '../packages/device-packages.ts';
import { noPackages } from '../packages/no-packages.ts';
import { StorageKeeper, windowStorage } from '../packages/storage-keeper.ts';
import { choosePackage, noDevice } from './choose-package.ts';
import type { OrillaContext } from './orilla-context.ts';
import type { OrillaOptions } from './orilla-options.ts';

const defaultStartTimeoutMs = 30_000;

type DeviceWay = Pick<OrillaContext, 'device' | 'deviceMissing' | 'packages' | 'close'>;

/** Device, packages and the worker behind both, or what stands for them where there is no device way. Starts nothing. */
export function deviceWay({ catalog, device: way = {}, locks, storage }: OrillaOptions): DeviceWay {
  if (way === false) return noDeviceWay('the device way (switched off by this app)');
  if (typeof Worker === 'undefined' && !way.startWorker) return noDeviceWay('Web Workers');
  const pageAddress = globalThis.document?.baseURI ?? globalThis.location?.href;
  const keeper = new StorageKeeper(storage !== undefined ? storage : windowStorage());
  const asksToKeep = way.keepStorage ?? true;
  const link = new WorkerLink({
    startWorker: way.startWorker ?? startWorker,
    locks: locks !== undefined ? locks : (globalThis.navigator?.locks ?? null),
    startTimeoutMs: way.startTimeoutMs ?? defaultStartTimeoutMs,
    storeSettings: way.store,
  });
  const device = new Device({
    link,
    pageAddress,
    memoryBudgetBytes: way.memoryBudgetBytes,
    calibrates: way.calibrate ?? true,
    closedWorkers: openClosedWorkers(),
    onDownload: asksToKeep ? () => keeper.ask() : undefined,
  });
  const choose = async (name: string, call: { readonly signal?: AbortSignal | undefined }) =>
    (await choosePackage({ catalog, device, deviceMissing: '' }, name, call)).pkg;
  return {
    device,
    deviceMissing: '',
    packages: devicePackages({ catalog, link, device, keeper, asksToKeep, pageAddress, choose }),
    close: () => device.close(),
  };
}

const noDeviceWay = (missing: string): DeviceWay => ({
  device: null,
  deviceMissing: missing,
  packages: noPackages(() => noDevice(missing)),
  close: () => undefined,
});
