import { type KeyObject, sign } from 'node:crypto';
import { type ModelManifest, signedBytes } from '@orilla/contract';
import { keyIdOf, rawPublicKey } from './public-key.ts';

/** The manifest with a signature over everything in it. `privateKey` is an Ed25519 key. */
export function signManifest(manifest: ModelManifest, privateKey: KeyObject): ModelManifest {
  const value = sign(null, signedBytes(manifest), privateKey).toString('base64');
  const keyId = keyIdOf(rawPublicKey(privateKey));
  return { ...manifest, signature: { algorithm: 'ed25519', keyId, value } };
}
