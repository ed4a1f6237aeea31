/** Reads a Blob to its end, as wllama reads those that it is given: piece by piece, none kept. Gives how many bytes it had. */
export async function readBlob(blob: Blob): Promise<number> {
  let bytes = 0;
  const reader = blob.stream().getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return bytes;
    bytes += value.byteLength;
  }
}
