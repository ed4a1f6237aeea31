import { OrillaError } from '@orilla/contract';

/** A public Ed25519 key that the app trusts: 32 bytes. */
export type TrustedKey = Uint8Array<ArrayBuffer>;

/**
 * The keys of the settings, as bytes.
 * @throws OrillaError `catalog.bad-signature` where one isn't 32 bytes in base64: it would let nothing pass
 */
export function readTrustedKeys(keys: readonly string[] = []): readonly TrustedKey[] {
  return keys.map((key, index) => {
    if (/^[A-Za-z0-9+/]{43}=$/.test(key)) return fromBase64(key);
    throw new OrillaError(
      'catalog.bad-signature',
      `The weight store can't be set up: trusted key ${index + 1} of ${keys.length} is not 32 bytes in base64.`,
      { advice: 'Give the public key as `orilla pack` told it: 44 characters, the last one "=".' },
    );
  });
}

export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
