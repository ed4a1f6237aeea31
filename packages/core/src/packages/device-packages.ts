import type { Catalog, DevicePackage, StoredPackage, VerifyResult } from '@orilla/contract';
import { absoluteSources } from '../device/absolute-sources.ts';
import type { Device, LoadOptions } from '../device/device.ts';
import type { WorkerLink } from '../device/worker-link.ts';
import { PackageNames } from './package-names.ts';
import { PackageWatch } from './package-watch.ts';
import type { DownloadOptions, Packages } from './packages.ts';
import type { StorageKeeper } from './storage-keeper.ts';

export interface DevicePackagesOptions {
  readonly catalog: Catalog;
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
  const { catalog, link, device, keeper, pageAddress, choose } = options;
  const watch = new PackageWatch(link);
  const list = () => link.control((api) => api.listPackages());
  const names = new PackageNames({ catalog, list, choose: async (model) => (await choose(model, {})).id });
  const askToKeep = () => {
    if (options.asksToKeep) keeper.ask();
  };
  return {
    list,
    subscribe: (listener) => watch.subscribe(listener),
    async download(modelOrPackage, { priority = 'question', ...call }: DownloadOptions = {}) {
      call.signal?.throwIfAborted();
      const chosen = typeof modelOrPackage === 'string' ? await choose(modelOrPackage, call) : modelOrPackage;
      const pkg = absoluteSources(chosen, pageAddress);
      names.add(pkg.id);
      askToKeep();
      return link.call<StoredPackage>((api) => (port) => api.downloadPackage(pkg, { priority }, port), call);
    },
    async pause(name) {
      const id = await names.idOf(name);
      return link.control((api) => api.pauseDownload(id));
    },
    async resume(name) {
      const id = await names.idOf(name);
      askToKeep();
      return link.control((api) => api.resumeDownload(id));
    },
    async remove(name) {
      const id = await names.idOf(name);
      await link.control((api) => api.removePackage(id));
      device.forget(id);
    },
    async pin(name, isPinned) {
      const id = await names.idOf(name);
      return link.control((api) => api.pinPackage(id, isPinned));
    },
    async verify(name, call) {
      const id = await names.idOf(name);
      return link.call<VerifyResult>((api) => (port) => api.verifyPackage(id, port), call);
    },
    async export(name, call) {
      const id = await names.idOf(name);
      return link.call<Blob>((api) => (port) => api.exportPackage(id, port), call);
    },
    async import(archive, call) {
      askToKeep();
      const imported = await link.call<StoredPackage>((api) => (port) => api.importPackage(archive, port), call);
      names.add(imported.id);
      return imported;
    },
    isKept: () => keeper.isKept(),
  };
}
