import type { DevicePackage, ModelManifest, PackageSource } from '@orilla/contract';
import type { Network } from '../network/network.ts';
import { hubSource } from './hub-source.ts';
import { mirrorSource } from './mirror-source.ts';
import type { TrustedKey } from './trusted-keys.ts';
import { unusableSource } from './unusable-source.ts';

export interface ReadOptions {
  readonly network: Network;
  readonly signal: AbortSignal;
}

/** What a source says that a package consists of. */
export interface SourcedManifest {
  readonly manifest: ModelManifest;
  /** Its JSON with all its fields; `null` where it was made from a hub's metadata. */
  readonly document: string | null;
}

/** Somewhere that a package can be had. */
export interface Source {
  /** What it is called in messages. */
  readonly origin: string;
  /**
   * What the package consists of.
   * @throws OrillaError `catalog.unreachable`, `catalog.bad-manifest`, `catalog.bad-signature`; AbortError
   */
  readManifest(pkg: DevicePackage, options: ReadOptions): Promise<SourcedManifest>;
  /** Where a file of the package is; `null` where this source does not have it. */
  fileUrl(path: string): string | null;
}

export interface SourceOptions {
  /** What relative addresses of mirrors are relative to. */
  readonly baseUrl: string;
  readonly hubUrl: string;
  /** `trustedKeys` of the settings. With any, a manifest that none of them signed is refused. */
  readonly trustedKeys?: readonly TrustedKey[];
}

export function openSource(source: PackageSource, options: SourceOptions): Source {
  try {
    return source.kind === 'mirror' ? mirrorSource(source, options) : hubSource(source, options);
  } catch (error) {
    // What can't be written as an address.
    return unusableSource(source, error);
  }
}
