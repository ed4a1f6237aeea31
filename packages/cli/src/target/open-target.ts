import { FolderTarget } from './folder-target.ts';
import type { MirrorReader } from './mirror-reader.ts';
import type { PackageTarget } from './package-target.ts';
import { WebMirror } from './web-mirror.ts';

export interface OpenMirrorOptions extends OpenTargetOptions {
  readonly fetch?: typeof fetch | undefined;
}

export interface OpenTargetOptions {
  /** Where the S3 server is, when it isn't AWS. */
  readonly s3Endpoint?: string | undefined;
}

/** A mirror that can be read: a folder, `s3://bucket/prefix`, or an address. @throws Error for an address that is none */
export async function openMirror(place: string, { fetch, ...options }: OpenMirrorOptions = {}): Promise<MirrorReader> {
  if (/^https?:\/\//.test(place)) return new WebMirror(parseUrl(place), fetch ? { fetch } : {});
  return openTarget(place, options);
}

/** A mirror that packages can be put in: a folder, or `s3://bucket/prefix`. @throws Error for an address of another kind */
export async function openTarget(place: string, { s3Endpoint }: OpenTargetOptions = {}): Promise<PackageTarget> {
  if (place.startsWith('s3://')) {
    // S3's own library is large, and most never need it.
    const { S3Target } = await import('./s3-target.ts');
    return S3Target.open(parseUrl(place), {
      endpoint: s3Endpoint === undefined ? undefined : parseEndpoint(s3Endpoint),
    });
  }
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(place))
    throw new Error(`Packages can't be put to ${place}. Give a folder, or s3://bucket/prefix.`);
  return new FolderTarget(place);
}

function parseEndpoint(text: string): URL {
  if (/^https?:\/\//.test(text) && URL.canParse(text)) return parseUrl(text);
  throw new Error(`--s3-endpoint ${text} is no address.`);
}

/** What is refused is not told back: it may be a password. */
function parseUrl(text: string): URL {
  if (!URL.canParse(text)) throw new Error(`${text} is no address.`);
  const url = new URL(text);
  if (url.username || url.password || url.search || url.hash)
    throw new Error(
      `The address at ${url.host} must be a plain one: without a name and password, and without what follows ? or #.`,
    );
  return url;
}
