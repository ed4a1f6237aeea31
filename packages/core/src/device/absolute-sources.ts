import type { DevicePackage } from '@orilla/contract';

/** Resolves a package's mirror addresses against the page's, which the worker does not know. What makes no address there stays as it is: the worker passes that source over. */
export function absoluteSources(pkg: DevicePackage, pageAddress: string | undefined): DevicePackage {
  if (pageAddress === undefined) return pkg;
  return {
    ...pkg,
    sources: pkg.sources.map((source) =>
      source.kind === 'mirror' && URL.canParse(source.url, pageAddress)
        ? { ...source, url: new URL(source.url, pageAddress).href }
        : source,
    ),
  };
}
