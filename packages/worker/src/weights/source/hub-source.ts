import { manifestSchema, type PackageSource, parseManifest } from '@orilla/contract';
import { loadCode } from '../../load-code.ts';
import { asPromised } from './as-promised.ts';
import type { Source, SourceOptions } from './source.ts';
import { unsigned } from './verify-signature.ts';

export const defaultHubUrl = 'https://huggingface.co';

type HubPackage = Extract<PackageSource, { kind: 'hub' }>;

/**
 * A file or a folder of a repository on a public hub. Its metadata tells size and hash of whole files, not of chunks: a manifest from here
 * has none.
 */
export function hubSource(
  pkg: HubPackage,
  { hubUrl, trustedKeys = [] }: Pick<SourceOptions, 'hubUrl' | 'trustedKeys'>,
): Source {
  const hub = hubUrl.replace(/\/$/, '');
  const { origin } = new URL(hub);
  const repository = encodePath(pkg.repository);
  const revision = encodeURIComponent(pkg.revision);
  const folder = pkg.path.slice(0, pkg.path.lastIndexOf('/') + 1);
  const fileName = pkg.path.slice(folder.length);
  const tree = `${hub}/api/models/${repository}/tree/${revision}${folder && `/${encodePath(folder.slice(0, -1))}`}`;
  const urlOf = (path: string) => `${hub}/${repository}/resolve/${revision}/${encodePath(path)}`;
  return {
    origin,
    async readManifest(promised, options) {
      const { id, engine, contextLength, memory, license } = promised;
      // Nobody signs what a hub tells; the bytes of a manifest from elsewhere it may well have.
      if (trustedKeys.length > 0) throw unsigned(origin);
      const { hubPackageFiles } = await loadCode(() => import('./hub-package-files.ts'));
      const treeUrl = fileName ? tree : `${tree}?recursive=true`;
      const files = await hubPackageFiles(treeUrl, { ...options, origin, urlOf, pkg, folder, fileName });
      const manifest = { schema: manifestSchema, id, engine, files, contextLength, memory, license };
      return { manifest: asPromised(parseManifest(manifest), promised, origin), document: null };
    },
    fileUrl(wanted) {
      // A mirror's manifest may have put the one file in another folder; its hash says whether it is the same.
      if (fileName) return wanted.slice(wanted.lastIndexOf('/') + 1) === fileName ? urlOf(pkg.path) : null;
      return !pkg.files || pkg.files.includes(wanted) ? urlOf(folder + wanted) : null;
    },
  };
}

function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}
