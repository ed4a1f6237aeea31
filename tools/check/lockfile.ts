/** The part of npm's lockfile that is checked. */
export interface Lockfile {
  packages: Record<string, LockedPackage>;
}

/** One package in it: by `node_modules/…` path when it comes from a registry. */
export interface LockedPackage {
  version?: string;
  resolved?: string;
  license?: string;
  /** Needed to work on this repository only. */
  dev?: boolean;
  /** A symbolic link to a workspace. */
  link?: boolean;
}

/** Packages whose address is written down: it would send everybody to the registry of whoever ran npm last. */
export function packagesWithAddress({ packages }: Lockfile): string[] {
  return Object.entries(packages)
    .filter(([, { resolved, link }]) => resolved !== undefined && !link)
    .map(([path]) => path);
}
