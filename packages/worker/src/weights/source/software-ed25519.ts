import { hashes, verify } from '@noble/ed25519';
import { createSHA512 } from 'hash-wasm';

export interface SignedMessage {
  readonly message: Uint8Array<ArrayBuffer>;
  /** 64 bytes. */
  readonly signature: Uint8Array<ArrayBuffer>;
  /** 32 bytes. */
  readonly publicKey: Uint8Array<ArrayBuffer>;
}

/** Ed25519 (RFC 8032) without WebCrypto, for browsers that lack it there; loaded only by them. */
export async function verifyInSoftware({ message, signature, publicKey }: SignedMessage): Promise<boolean> {
  const hasher = await createSHA512();
  hashes.sha512 = (bytes) => Uint8Array.from(hasher.init().update(bytes).digest('binary'));
  return verify(signature, message, publicKey, { zip215: false });
}
