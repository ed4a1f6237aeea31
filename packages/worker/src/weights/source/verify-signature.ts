import { type ManifestSignature, OrillaError, signedBytes } from '@orilla/contract';
import { loadCode } from '../../load-code.ts';
import { sha256 } from '../pieces/sha256.ts';
import type { SignedMessage } from './software-ed25519.ts';
import { fromBase64, type TrustedKey } from './trusted-keys.ts';

export interface VerifySignatureOptions {
  /** With none, nothing is asked for. */
  readonly trustedKeys: readonly TrustedKey[];
  /** Whoever gave the manifest, as people know it: an origin, a file. */
  readonly giver: string;
  /** `null` where the browser has none: in an insecure context. */
  readonly subtle?: SubtleCrypto | null;
}

/**
 * Checks that one of the trusted keys signed a manifest, before anything of it is used. `json` is the manifest as it came, with every field
 * of it; `signature` the one that stands in it.
 * @throws OrillaError `catalog.bad-signature`; `engine.load-failed` where the code for it can't be fetched
 */
export async function verifySignature(
  json: unknown,
  signature: ManifestSignature | undefined,
  { trustedKeys, giver, subtle = globalThis.crypto?.subtle ?? null }: VerifySignatureOptions,
): Promise<void> {
  if (trustedKeys.length === 0) return;
  if (!signature) throw unsigned(giver);
  const publicKey = await keyWithId(signature.keyId, trustedKeys);
  if (!publicKey)
    throw badSignature(`${giver} has a manifest that key ${signature.keyId} signed, which this app does not trust`);
  const signed = { message: signedBytes(json), signature: fromBase64(signature.value), publicKey };
  if (!(await isSigned(signed, subtle)))
    throw badSignature(
      `${giver} has a manifest that is not the one that was signed: it was changed on the way or there`,
    );
}

/** For a source that has no signed manifest, or none at all. */
export function unsigned(giver: string): OrillaError {
  return badSignature(`${giver} has no signed manifest, and this app takes no other`);
}

function badSignature(why: string): OrillaError {
  return new OrillaError('catalog.bad-signature', `The model package is refused: ${why}.`, {
    advice:
      'Sign the package with a key that the app trusts (`orilla pack`), or add its public key to the trusted keys.',
  });
}

async function keyWithId(keyId: string, trustedKeys: readonly TrustedKey[]): Promise<TrustedKey | null> {
  for (const key of trustedKeys) if ((await sha256(key)).startsWith(keyId)) return key;
  return null;
}

async function isSigned(signed: SignedMessage, subtle: SubtleCrypto | null): Promise<boolean> {
  const algorithm = 'Ed25519';
  const key = await subtle?.importKey('raw', signed.publicKey, algorithm, false, ['verify']).catch(withoutWebCrypto);
  if (subtle && key) return subtle.verify(algorithm, key, signed.signature, signed.message);
  const { verifyInSoftware } = await loadCode(() => import('./software-ed25519.ts'));
  return verifyInSoftware(signed);
}

/** A browser that doesn't know the algorithm says so; one that takes the key for no key would say the same to the signature. */
function withoutWebCrypto(error: unknown): null {
  if (error instanceof DOMException) return null;
  throw error;
}
