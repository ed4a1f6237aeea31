import { OrillaError } from './error.ts';
import { oneOf, parseShape, record, ShapeError, text } from './json-shape.ts';

/** Who vouches for a manifest. */
export interface ManifestSignature {
  readonly algorithm: 'ed25519';
  /** The first 16 hex digits of the SHA-256 of the 32 bytes of the public key; only a hint which key to try. */
  readonly keyId: string;
  /** 64 bytes in base64. */
  readonly value: string;
}

/**
 * The bytes that a manifest's signature covers: all of the JSON as it stands on the wire, fields that this version does not know
 * included, but not `signature`; as canonical JSON (RFC 8785), in UTF-8.
 * @throws OrillaError `catalog.bad-manifest` where it is no object, or nested deeper than any manifest
 */
export function signedBytes(manifest: unknown): Uint8Array<ArrayBuffer> {
  return parseShape(
    () => {
      const { signature: _, ...rest } = record(manifest, 'the manifest');
      return new TextEncoder().encode(canonicalJson(rest));
    },
    ({ message }) =>
      new OrillaError('catalog.bad-manifest', `The model package can't be used: ${message}.`, {
        advice: 'Check that the address is a model mirror, or make the package again.',
      }),
  );
}

/** A manifest of ours has five levels. */
const maxDepth = 64;

/** RFC 8785: keys sorted by UTF-16 code units, no blanks; JavaScript's own JSON writes numbers and strings as it asks. */
function canonicalJson(value: unknown, depth = 0): string {
  if (depth > maxDepth) throw new ShapeError('the manifest', `is nested deeper than ${maxDepth} levels`);
  if (Array.isArray(value)) return `[${value.map((entry) => canonicalJson(entry, depth + 1)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${entries.map(([key, entry]) => `${JSON.stringify(key)}:${canonicalJson(entry, depth + 1)}`).join(',')}}`;
}

export function readSignature(json: unknown, at: string): ManifestSignature {
  const signature = record(json, at);
  const keyId = text(signature.keyId, `${at}.keyId`);
  const value = text(signature.value, `${at}.value`);
  if (!/^[0-9a-f]{16}$/.test(keyId)) throw new ShapeError(`${at}.keyId`, 'must be 16 hex digits');
  if (!/^[A-Za-z0-9+/]{86}==$/.test(value)) throw new ShapeError(`${at}.value`, 'must be 64 bytes in base64');
  return { algorithm: oneOf(['ed25519'], signature.algorithm, `${at}.algorithm`), keyId, value };
}
