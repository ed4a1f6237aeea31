import { type PackageSource, parseManifest } from '@orilla/contract';
import { fetchJson } from '../network/fetch-json.ts';
import { asPromised } from './as-promised.ts';
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
      return { manifest: asPromised(manifest, pkg, folder.origin), document: JSON.stringify(json) };
    },
    fileUrl: (path) => new URL(`files/${path.split('/').map(encodeURIComponent).join('/')}`, folder).href,
  };
}
