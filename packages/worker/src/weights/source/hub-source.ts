import { manifestSchema, OrillaError, type PackageFile, type PackageSource, parseManifest } from '@orilla/contract';
import { fetchJson } from '../network/fetch-json.ts';
import type { Source, SourceOptions } from './source.ts';
import { unsigned } from './verify-signature.ts';

export const defaultHubUrl = 'https://huggingface.co';

/**
 * A repository on a public hub. Its metadata tells size and SHA-256 of a whole file (of those it keeps in Git LFS), not of chunks:
 * a manifest from here has none.
 */
export function hubSource(
  { repository, revision, path }: Extract<PackageSource, { kind: 'hub' }>,
  { hubUrl, trustedKeys = [] }: Pick<SourceOptions, 'hubUrl' | 'trustedKeys'>,
): Source {
  const hub = hubUrl.replace(/\/$/, '');
  const folder = path.includes('/') ? `/${encodePath(path.slice(0, path.lastIndexOf('/')))}` : '';
  const treeUrl = `${hub}/api/models/${encodePath(repository)}/tree/${encodeURIComponent(revision)}${folder}`;
  const fileName = path.slice(path.lastIndexOf('/') + 1);
  const { origin } = new URL(hub);
  return {
    origin,
    async readManifest(pkg, options) {
      // Nobody signs what a hub tells; the bytes of a manifest from elsewhere it may well have.
      if (trustedKeys.length > 0) throw unsigned(origin);
      const file = findFile(await fetchJson(treeUrl, options), { path, fileName, treeUrl });
      const manifest = parseManifest({
        schema: manifestSchema,
        id: pkg.id,
        engine: pkg.engine,
        files: [file],
        contextLength: pkg.contextLength,
        memory: pkg.memory,
        license: pkg.license,
      });
      return { manifest, document: null };
    },
    // A mirror's manifest may have put the file in another folder; its hash says whether it is the same.
    fileUrl: (wanted) =>
      wanted.slice(wanted.lastIndexOf('/') + 1) === fileName
        ? `${hub}/${encodePath(repository)}/resolve/${encodeURIComponent(revision)}/${encodePath(path)}`
        : null,
  };
}

function findFile(
  tree: unknown,
  { path, fileName, treeUrl }: { readonly path: string; readonly fileName: string; readonly treeUrl: string },
): PackageFile {
  const entries: readonly unknown[] = Array.isArray(tree) ? tree : [];
  for (const entry of entries) {
    if (!isRecord(entry) || entry.path !== path) continue;
    const { lfs } = entry;
    if (isRecord(lfs) && typeof lfs.oid === 'string' && typeof lfs.size === 'number')
      return { path: fileName, bytes: lfs.size, sha256: lfs.oid };
    throw badMetadata(treeUrl, `tells no SHA-256 of ${path}`);
  }
  throw badMetadata(treeUrl, `doesn't list ${path}`);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}

function badMetadata(url: string, why: string): OrillaError {
  const { origin, pathname } = new URL(url);
  return new OrillaError('catalog.bad-manifest', `The model can't be had from ${origin}: ${pathname} ${why}.`, {
    advice: 'Check repository, revision and path in the catalog.',
  });
}
