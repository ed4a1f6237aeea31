/** The part of an npm lockfile that is read here: installed packages by their path. */
export interface Lockfile {
  readonly lockfileVersion: number;
  readonly packages: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const relayFolder = 'packages/relay/node_modules/';

/**
 * The workspace's lockfile, as the relay's own app would have it: the same versions and hashes at the places where npm puts them
 * once the relay is an installed package. Packages that the relay does not need are left in: npm drops them.
 */
export function containerLock({ lockfileVersion, packages }: Lockfile): Lockfile & { readonly requires: true } {
  const installed = Object.entries(packages).flatMap(([path, { dev, devOptional, peer, ...entry }]) => {
    // Workspace packages come from their tarballs.
    if (path.startsWith('node_modules/@orilla/')) return [];
    if (path.startsWith('node_modules/')) return [[path, entry] as const];
    if (path.startsWith(relayFolder))
      return [[`node_modules/@orilla/relay/node_modules/${path.slice(relayFolder.length)}`, entry] as const];
    return [];
  });
  return { lockfileVersion, requires: true, packages: Object.fromEntries(installed) };
}
