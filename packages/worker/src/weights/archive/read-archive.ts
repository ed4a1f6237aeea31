import { isOrillaError, type ModelManifest, type PackageFile, parseManifest } from '@orilla/contract';
import { badArchive } from './bad-archive.ts';
import { bytesOf, readTar } from './read-tar.ts';

/** As for one that a server sends. */
const maxManifestBytes = 32 * 1024 ** 2;

/** A package in an archive. None of its bytes are proven yet. */
export interface ArchivedPackage {
  readonly manifest: ModelManifest;
  /** The manifest as it stands there. */
  readonly document: string;
  readonly contentOf: (file: PackageFile) => Blob;
}

export interface ReadArchiveOptions {
  readonly signal: AbortSignal;
  /** Raises where the manifest isn't trusted; `json` is the manifest with every field of it. */
  readonly check?: (json: unknown, manifest: ModelManifest) => Promise<void>;
}

/**
 * Looks what an archive has: one package's manifest, and every file that it names in its full length, and nothing besides.
 * @throws OrillaError `storage.bad-archive`, and what `check` raises; AbortError
 */
export async function readArchive(archive: Blob, { signal, check }: ReadArchiveOptions): Promise<ArchivedPackage> {
  const files = await readTar(archive, { signal });
  const name = manifestName(files.keys());
  const { manifest, json, document } = await readManifest(files.get(name));
  const folder = name.slice(0, -manifestSuffix.length);
  if (folder !== manifest.id) throw badArchive(`the package ${manifest.id} is in the folder ${folder}`);
  await check?.(json, manifest);
  const contents = new Map<string, Blob>();
  for (const { path, bytes } of manifest.files) {
    const content = files.get(`${folder}/files/${path}`);
    if (!content) throw badArchive(`the file ${path} is missing in it`);
    if (content.size !== bytes)
      throw badArchive(`the file ${path} in it has ${content.size} bytes instead of ${bytes}`);
    contents.set(path, content);
  }
  const named = new Set([name, ...[...contents.keys()].map((path) => `${folder}/files/${path}`)]);
  const other = [...files.keys()].find((path) => !named.has(path));
  if (other !== undefined) throw badArchive(`its manifest does not name ${other}`);
  return { manifest, document, contentOf: ({ path }) => contents.get(path) ?? new Blob() };
}

const manifestSuffix = '/manifest.json';

/** The one that is least deep: a package may have a file of that name. */
function manifestName(names: Iterable<string>): string {
  const found = [...names].filter((name) => name.endsWith(manifestSuffix));
  const [name] = found.sort((one, other) => one.split('/').length - other.split('/').length);
  if (name === undefined) throw badArchive('it has no manifest.json in a folder');
  return name;
}

async function readManifest(content: Blob = new Blob()) {
  if (content.size > maxManifestBytes) throw badArchive('its manifest is too large');
  try {
    const document = new TextDecoder('utf-8', { fatal: true }).decode(await bytesOf(content, 0, content.size));
    const json: unknown = JSON.parse(document);
    return { document, json, manifest: parseManifest(json) };
  } catch (error) {
    if (isOrillaError(error) && error.code === 'storage.bad-archive') throw error;
    throw badArchive(
      isOrillaError(error) ? error.message.replace(/^.*?: |\.$/g, '') : 'its manifest is no JSON',
      error,
    );
  }
}
