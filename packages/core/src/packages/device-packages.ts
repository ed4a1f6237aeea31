import type { DevicePackage, StoredPackage, VerifyResult } from '@orilla/contract';
import { absoluteSources } from '../device/absolute-sources.ts';
import type { Device, LoadOptions } from '../device/device.ts';
import type { WorkerLink } from '../device/worker-link.ts';
import { PackageWatch } from './package-watch.ts';
import type { DownloadOptions, Packages } from './packages.ts';
import type { StorageKeeper } from './storage-keeper.ts';

export interface DevicePackagesOptions {
  readonly link: WorkerLink;
  /** Told of what was removed. */
  readonly device: Device;
  readonly keeper: StorageKeeper;
  /** Whether the browser is asked to keep what is downloaded. */
  readonly asksToKeep: boolean;
  /** What relative mirror addresses count from; `undefined` where there is no page. */
  readonly pageAddress: string | undefined;
  /** The package of a model that suits this device best. */
  readonly choose: (model: string, options: Pick<LoadOptions, 'signal'>) => Promise<DevicePackage>;
}

/** The stored packages behind the worker. */
export function devicePackages(options: DevicePackagesOptions): Packages {
  const { link, device, keeper, pageAddress, choose } = options;
  const watch = new PackageWatch(link);
  const askToKeep = () => {
    if (options.asksToKeep) keeper.ask();
  };
  return {
    list: () => link.control((api) => api.listPackages()),
    subscribe: (listener) => watch.subscribe(listener),
    async download(modelOrPackage, { priority = 'question', ...call }: DownloadOptions = {}) {
      call.signal?.throwIfAborted();
      const chosen = typeof modelOrPackage === 'string' ? await choose(modelOrPackage, call) : modelOrPackage;
      const pkg = absoluteSources(chosen, pageAddress);
      askToKeep();
      return link.call<StoredPackage>((api) => (port) => api.downloadPackage(pkg, { priority }, port), call);
    },
    pause: (id) => link.control((api) => api.pauseDownload(id)),
    resume(id) {
      askToKeep();
      return link.control((api) => api.resumeDownload(id));
    },
    async remove(id) {
      await link.control((api) => api.removePackage(id));
      device.forget(id);
    },
    pin: (id, isPinned) => link.control((api) => api.pinPackage(id, isPinned)),
    verify: (id, call) => link.call<VerifyResult>((api) => (port) => api.verifyPackage(id, port), call),
    export: (id, call) => link.call<Blob>((api) => (port) => api.exportPackage(id, port), call),
    import(archive, call) {
      askToKeep();
      return link.call<StoredPackage>((api) => (port) => api.importPackage(archive, port), call);
    },
    isKept: () => keeper.isKept(),
  };
}
