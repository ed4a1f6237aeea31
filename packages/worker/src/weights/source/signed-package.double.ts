import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { signedBytes } from '@orilla/contract';

export interface Signer {
  /** 32 bytes in base64, as an app pins it. */
  readonly publicKey: string;
  readonly keyId: string;
  /** The manifest with this signer's signature in it. */
  sign<T extends object>(
    manifest: T,
  ): T & { readonly signature: { algorithm: 'ed25519'; keyId: string; value: string } };
}

/** Someone with a key of their own, made by another implementation than the one that is tested. */
export function makeSigner(): Signer {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = rawKey(publicKey);
  const keyId = createHash('sha256').update(raw).digest('hex').slice(0, 16);
  return {
    publicKey: raw.toString('base64'),
    keyId,
    sign: (manifest) => {
      const value = sign(null, signedBytes(manifest), privateKey).toString('base64');
      return { ...manifest, signature: { algorithm: 'ed25519', keyId, value } };
    },
  };
}

/** The last 32 bytes of the DER form are the key itself (RFC 8410). */
function rawKey(key: KeyObject): Buffer {
  return key.export({ type: 'spki', format: 'der' }).subarray(-32);
}
