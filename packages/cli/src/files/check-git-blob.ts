import { createHash } from 'node:crypto';

/** Git's hash of a file's content, of whichever of its two kinds; what else a hub may tell in its place can't be checked. */
const kinds: Readonly<Record<number, string>> = { 40: 'sha1', 64: 'sha256' };

/**
 * Passes the pieces of a whole file on, and holds them at its end against the id that Git has for it (`blob <length>`, a zero byte, the
 * content).
 * @throws Error where it is another file; as the stream
 */
export async function* checkGitBlob(
  stream: AsyncIterable<Uint8Array>,
  { oid, bytes, name }: { readonly oid: string; readonly bytes: number; readonly name: string },
): AsyncGenerator<Uint8Array> {
  const kind = /^[0-9a-f]+$/.test(oid) ? kinds[oid.length] : undefined;
  if (kind === undefined) return yield* stream;
  const hash = createHash(kind).update(`blob ${bytes}\0`);
  for await (const piece of stream) {
    hash.update(piece);
    yield piece;
  }
  if (hash.digest('hex') !== oid)
    throw new Error(`${name} is not the file that the hub keeps in Git under that name: it is damaged. Try again.`);
}
