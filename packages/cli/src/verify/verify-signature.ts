import { type KeyObject, verify } from 'node:crypto';
import { type ManifestSignature, signedBytes } from '@orilla/contract';
import { keyIdOf, rawPublicKey } from '../signature/public-key.ts';

/** `unchecked`: it is signed, and no key was given to hold it against. */
export type SignatureState = 'none' | 'unchecked' | 'right' | 'wrong';

/** Whether a manifest, as it stands on the wire, was signed by one of `keys`. */
export function signatureState(
  json: unknown,
  signature: ManifestSignature | undefined,
  keys: readonly KeyObject[],
): SignatureState {
  if (!signature) return 'none';
  if (keys.length === 0) return 'unchecked';
  const bytes = signedBytes(json);
  const value = Buffer.from(signature.value, 'base64');
  const named = keys.filter((key) => keyIdOf(rawPublicKey(key)) === signature.keyId);
  return named.some((key) => verify(null, bytes, key, value)) ? 'right' : 'wrong';
}
