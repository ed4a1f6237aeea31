import { toHex } from '../../to-hex.ts';

/** The name that Git gives to a file's content: the SHA-1 of `blob`, its length and its bytes. 40 hex digits. */
export async function gitBlobId(
  content: Uint8Array<ArrayBuffer>,
  { subtle = globalThis.crypto?.subtle ?? null }: { readonly subtle?: SubtleCrypto | null } = {},
): Promise<string> {
  const bytes = new Uint8Array(await new Blob([`blob ${content.length}\0`, content]).arrayBuffer());
  if (!subtle) return (await import('hash-wasm')).sha1(bytes);
  return toHex(new Uint8Array(await subtle.digest('SHA-1', bytes)));
}
