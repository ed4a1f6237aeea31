import type { DevicePackage } from '@orilla/contract';

/** Resolves a package's mirror addresses against the page's, which the worker does not know. Without a page address they stay as they are. */
export function absoluteSources(pkg: DevicePackage, pageAddress: string | undefined): DevicePackage {
  if (pageAddress === undefined) return pkg;
  return {
    ...pkg,
    sources: pkg.sources.map((source) =>
      source.kind === 'mirror' ? { ...source, url: new URL(source.url, pageAddress).href } : source,
    ),
  };
}
