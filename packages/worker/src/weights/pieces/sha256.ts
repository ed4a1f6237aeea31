import { toHex } from '../../to-hex.ts';

/** SHA-256 of some bytes, in lower-case hex. By WebCrypto, or where that is absent (an insecure context) by WASM. */
export async function sha256(
  bytes: Uint8Array<ArrayBuffer>,
  { subtle = globalThis.crypto?.subtle ?? null }: { readonly subtle?: SubtleCrypto | null } = {},
): Promise<string> {
  if (!subtle) return (await import('hash-wasm')).sha256(bytes);
  return toHex(new Uint8Array(await subtle.digest('SHA-256', bytes)));
}
