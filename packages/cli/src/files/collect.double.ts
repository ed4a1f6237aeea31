/** All bytes of a stream. For tests. */
export async function collect(stream: AsyncIterable<Uint8Array> | null): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of stream ?? []) pieces.push(Uint8Array.from(piece));
  return Buffer.concat(pieces);
}
