import type { DeviceFacts } from '@orilla/contract';

/** What a browser says of itself. Only Chromium has the hints, which name the whole version. */
export interface BrowserLike {
  readonly userAgent?: string;
  readonly userAgentData?: {
    getHighEntropyValues(hints: string[]): Promise<{
      readonly fullVersionList?: readonly { readonly brand: string; readonly version: string }[];
      readonly platform?: string;
      readonly platformVersion?: string;
    }>;
  };
}

/**
 * What measurements belong to: browser and version, isolation, the adapter by name, and a hash of what it can do. A driver's version is not
 * told; a driver that changes features or limits changes the hash, one that comes with the system changes the system's version.
 */
export async function deviceKey(
  browser: BrowserLike,
  { webgpu, crossOriginIsolated }: Pick<DeviceFacts, 'webgpu' | 'crossOriginIsolated'>,
): Promise<string> {
  const adapter = webgpu ? `${webgpu.adapter || 'unnamed'} ${abilitiesHash(webgpu)}` : 'no adapter';
  return [await browserVersion(browser), crossOriginIsolated ? 'isolated' : 'not isolated', adapter].join('; ');
}

async function browserVersion({ userAgent = '', userAgentData }: BrowserLike): Promise<string> {
  // A page's policy may forbid the hints: then the short version has to do.
  const hints = await userAgentData?.getHighEntropyValues(['fullVersionList', 'platformVersion']).catch(() => null);
  if (!hints?.fullVersionList?.length) return userAgent;
  // One of them is made up, another each time, so that nobody relies on their order.
  const known = hints.fullVersionList.filter(({ brand }) => !/not.*brand/i.test(brand));
  const brands = known.map(({ brand, version }) => `${brand} ${version}`).sort();
  return [...brands, `${hints.platform ?? ''} ${hints.platformVersion ?? ''}`.trim()].join(', ');
}

/** FNV-1a, 32 bits, of features and limits: to tell two apart, not to be safe from anybody. */
function abilitiesHash({ features, limits }: NonNullable<DeviceFacts['webgpu']>): string {
  const written = JSON.stringify([features, Object.entries(limits).sort(([a], [b]) => (a < b ? -1 : 1))]);
  let hash = 0x811c9dc5;
  for (let at = 0; at < written.length; at += 1) hash = Math.imul(hash ^ written.charCodeAt(at), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}
