import { OrillaError, type PackageSource, parseManifest } from '@orilla/contract';
import { fetchJson } from '../network/fetch-json.ts';
import type { Source, SourceOptions } from './source.ts';
import { verifySignature } from './verify-signature.ts';

/** A folder on a web server: `manifest.json`, and the files under `files/`. */
export function mirrorSource(
  { url }: Extract<PackageSource, { kind: 'mirror' }>,
  { baseUrl, trustedKeys = [] }: Pick<SourceOptions, 'baseUrl' | 'trustedKeys'>,
): Source {
  const folder = new URL(url.endsWith('/') ? url : `${url}/`, baseUrl);
  return {
    origin: folder.origin,
    async readManifest(pkg, options) {
      const { json } = await fetchJson(new URL('manifest.json', folder).href, options);
      const manifest = parseManifest(json);
      await verifySignature(json, manifest.signature, { trustedKeys, giver: folder.origin });
      const bytes = manifest.files.reduce((sum, file) => sum + file.bytes, 0);
      // The size was promised before the download, and decided whether the model fits.
      if (manifest.id === pkg.id && manifest.engine === pkg.engine && bytes === pkg.bytes)
        return { manifest, document: JSON.stringify(json) };
      throw new OrillaError(
        'catalog.bad-manifest',
        `${folder.origin} has the manifest of ${manifest.id} (${manifest.engine}, ${bytes} bytes) where ${pkg.id} (${pkg.engine}, ${pkg.bytes} bytes) should be.`,
        { advice: 'Check the address of the mirror in the catalog.' },
      );
    },
    fileUrl: (path) => new URL(`files/${path.split('/').map(encodeURIComponent).join('/')}`, folder).href,
  };
}
