import { type DevicePackage, type ModelManifest, OrillaError } from '@orilla/contract';

/**
 * Gives the manifest where it is of the package that the catalog promised: its size and engine decided, before the download, whether the
 * model fits.
 * @throws OrillaError `catalog.bad-manifest`, with the giver's name
 */
export function asPromised(manifest: ModelManifest, pkg: DevicePackage, giver: string): ModelManifest {
  const bytes = manifest.files.reduce((sum, file) => sum + file.bytes, 0);
  if (manifest.id === pkg.id && manifest.engine === pkg.engine && bytes === pkg.bytes) return manifest;
  throw new OrillaError(
    'catalog.bad-manifest',
    `${giver} has the manifest of ${manifest.id} (${manifest.engine}, ${bytes} bytes) where ${pkg.id} (${pkg.engine}, ${pkg.bytes} bytes) should be.`,
    { advice: 'Check the package and its source in the catalog.' },
  );
}
