import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { brotliCompress, gzip, constants as zlib } from 'node:zlib';
import { isOrillaError, type ModelManifest, parseManifest } from '@orilla/contract';
import type { Encoding } from '../files/choose-encoding.ts';

/** A manifest in one form: another form is another sequence of bytes, so it has a tag of its own. */
export interface EncodedManifest {
  readonly bytes: Buffer;
  /** Strong, with its quotes. */
  readonly etag: string;
}

/** A manifest that may be served: what it says, and its bytes as whoever signed it wrote them. */
export interface ManifestDocument {
  readonly manifest: ModelManifest;
  /** Of the bytes as they were read. */
  readonly sizeBytes: number;
  /** Packs it when it is first asked for that way, and keeps the result. */
  in(encoding: Encoding): Promise<EncodedManifest>;
}

/** A hundred thousand chunks take 12 MB; no manifest is longer. */
export const maxManifestBytes = 16 * 1024 * 1024;

/** Room for the manifests that a mirror keeps in memory, counted as they were read. */
export const keptManifests = { maxEntries: 256, maxBytes: 2 * maxManifestBytes };

/** Reads a manifest; `undefined` for a broken one, or one of another id: no file of it could be checked by who fetches it. */
export function readManifestDocument(id: string, bytes: Buffer): ManifestDocument | undefined {
  const manifest = parse(bytes);
  if (manifest?.id !== id) return undefined;
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const made = new Map<Encoding, Promise<EncodedManifest>>();
  return {
    manifest,
    sizeBytes: bytes.length,
    in(encoding) {
      const known = made.get(encoding);
      if (known) return known;
      const etag = encoding === 'identity' ? `"${sha256}"` : `"${sha256}-${encoding}"`;
      const encoded = pack[encoding](bytes).then((packed) => ({ bytes: packed, etag }));
      made.set(encoding, encoded);
      return encoded;
    },
  };
}

/**
 * Hashes hardly shrink, so what a better quality gains is small and grows dear: of 74 KB (5 GB of weights) quality 11 makes
 * 24 KB in 80 ms, 4 makes 26 KB in 2 ms; of 12 MB, 11 takes 19 s. In between lies nothing better.
 */
const thoroughUpToBytes = 1024 * 1024;

const pack = {
  identity: (bytes) => Promise.resolve(bytes),
  gzip: (bytes) => promisify(gzip)(bytes),
  br: (bytes) =>
    promisify<Buffer, object, Buffer>(brotliCompress)(bytes, {
      params: {
        [zlib.BROTLI_PARAM_QUALITY]: bytes.length <= thoroughUpToBytes ? 11 : 4,
        [zlib.BROTLI_PARAM_SIZE_HINT]: bytes.length,
      },
    }),
} satisfies Record<Encoding, (bytes: Buffer) => Promise<Buffer>>;

function parse(bytes: Buffer): ModelManifest | undefined {
  try {
    return parseManifest(JSON.parse(bytes.toString('utf8')));
  } catch (error) {
    if (error instanceof SyntaxError || (isOrillaError(error) && error.code === 'catalog.bad-manifest'))
      return undefined;
    throw error;
  }
}
