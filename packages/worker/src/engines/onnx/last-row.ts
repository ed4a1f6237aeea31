import type { Tensor } from 'onnxruntime-web';

/** The last token's row of logits [1, tokens, vocabulary] that lie in the worker's memory. */
export function lastRow({ data, dims, type }: Tensor): Float32Array {
  const width = widthOf(dims);
  if (data instanceof Float32Array) return data.slice(data.length - width);
  if (typeof data === 'string' || Array.isArray(data)) throw new TypeError('Logits of texts.');
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return toFloats(bytes.slice(bytes.length - width * 2).buffer, type);
}

/** The same of logits that lie on the GPU: only this row is brought over. Rejects, with whatever the browser says, when the device goes. */
export async function lastRowFromGpu({ gpuBuffer, dims, type }: Tensor, device: GPUDevice): Promise<Float32Array> {
  const tokens = dims[1] ?? 0;
  const rowBytes = widthOf(dims) * (type === 'float16' ? 2 : 4);
  // Copies begin and end at multiples of four bytes; a row of 16-bit floats may not.
  const start = (tokens - 1) * rowBytes;
  const lead = start % 4;
  const size = Math.ceil((lead + rowBytes) / 4) * 4;
  const staging = device.createBuffer({ size, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
  try {
    const encoder = device.createCommandEncoder();
    encoder.copyBufferToBuffer(gpuBuffer, start - lead, staging, 0, size);
    device.queue.submit([encoder.finish()]);
    await staging.mapAsync(GPUMapMode.READ);
    return toFloats(staging.getMappedRange().slice(lead, lead + rowBytes), type);
  } finally {
    staging.destroy();
  }
}

function widthOf(dims: readonly number[]): number {
  return dims.at(-1) ?? 0;
}

function toFloats(buffer: ArrayBuffer, type: Tensor['type']): Float32Array {
  return type === 'float16' ? Float32Array.from(new Uint16Array(buffer), halfToFloat) : new Float32Array(buffer);
}

/** IEEE 754: 1 bit of sign, 5 of exponent, 10 of fraction. */
export function halfToFloat(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
