import { abortReason } from '@orilla/contract';

/** SHA-256 of some bytes, in lower-case hex. By WebCrypto, or where that is absent (an insecure context) by WASM. */
export async function sha256(
  bytes: Uint8Array<ArrayBuffer>,
  { subtle = globalThis.crypto?.subtle ?? null }: { readonly subtle?: SubtleCrypto | null } = {},
): Promise<string> {
  if (!subtle) return (await import('hash-wasm')).sha256(bytes);
  const digest = new Uint8Array(await subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** SHA-256 of a Blob of any size, read piece by piece: WebCrypto would want it in memory at once. */
export async function sha256OfBlob(blob: Blob, { signal }: { readonly signal: AbortSignal }): Promise<string> {
  const { createSHA256 } = await import('hash-wasm');
  const hasher = await createSHA256();
  const reader = blob.stream().getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (signal.aborted) {
      await reader.cancel();
      throw abortReason(signal);
    }
    if (done) return hasher.digest('hex');
    hasher.update(value);
  }
}
