import { createHash, createPublicKey, type KeyObject } from 'node:crypto';

const keyBytes = 32;

/** The 32 bytes of an Ed25519 key that anybody may know, from the private key or the public one. */
export function rawPublicKey(key: KeyObject): Buffer {
  const { x } = (key.type === 'private' ? createPublicKey(key) : key).export({ format: 'jwk' });
  return Buffer.from(x ?? '', 'base64url');
}

/** How signatures name the key they were made with: the first 16 hex digits of the SHA-256 of its 32 bytes. */
export function keyIdOf(publicKey: Uint8Array): string {
  return createHash('sha256').update(publicKey).digest('hex').slice(0, 16);
}

/** A public key from 32 bytes in base64, as `orilla keys` prints it and apps pin it. @throws Error for anything else */
export function parsePublicKey(base64: string): KeyObject {
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.length !== keyBytes || bytes.toString('base64') !== base64)
    throw new Error('The public key must be 32 bytes in base64, as `orilla keys show FILE` prints it.');
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: bytes.toString('base64url') }, format: 'jwk' });
}
