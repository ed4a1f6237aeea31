import type { Tensor } from 'onnxruntime-web';
import type { OrtSession } from './open-session.ts';

/**
 * What attention remembers of a number of tokens: a tensor for every input that takes it, [1, heads, tokens, head size]. It never changes,
 * so that several answers may go on from it; the memory goes when the last of those who hold it lets it go.
 */
export class KvCache {
  readonly #session: Pick<OrtSession, 'ort' | 'gpu' | 'isOpen'>;
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** Tokens that it holds. */
  readonly length: number;
  #holders = 1;

  constructor(
    session: Pick<OrtSession, 'ort' | 'gpu' | 'isOpen'>,
    tensors: ReadonlyMap<string, Tensor>,
    length: number,
  ) {
    this.#session = session;
    this.tensors = tensors;
    this.length = length;
  }

  hold(): this {
    this.#holders += 1;
    return this;
  }

  release(): void {
    this.#holders -= 1;
    // After its session what it has on the GPU is gone already, and with it those that would give it back.
    if (this.#holders === 0 && this.#session.isOpen) for (const tensor of this.tensors.values()) tensor.dispose();
  }

  /** A cache of its first tokens, to be released by itself. */
  first(length: number): KvCache {
    if (length === this.length) return this.hold();
    const { ort, gpu } = this.#session;
    const copy = gpu ? copyOnGpu(gpu.device, ort) : copyOnCpu(ort);
    const tensors = new Map([...this.tensors].map(([name, tensor]) => [name, copy.take(tensor, length)]));
    copy.submit();
    return new KvCache(this.#session, tensors, length);
  }
}

interface Copy {
  take(tensor: Tensor, length: number): Tensor;
  submit(): void;
}

function copyOnCpu(ort: OrtSession['ort']): Copy {
  return {
    take(tensor, length) {
      const { batch, heads, tokens, headSize } = shapeOf(tensor);
      const { data, type } = tensor;
      if (typeof data === 'string' || Array.isArray(data)) throw new TypeError('A cache of texts.');
      const from = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
      const rowBytes = headSize * data.BYTES_PER_ELEMENT;
      const bytes = new Uint8Array(batch * heads * length * rowBytes);
      for (let head = 0; head < batch * heads; head += 1) {
        const start = head * tokens * rowBytes;
        bytes.set(from.subarray(start, start + length * rowBytes), head * length * rowBytes);
      }
      const dims = [batch, heads, length, headSize];
      return type === 'float16'
        ? new ort.Tensor('float16', new Uint16Array(bytes.buffer), dims)
        : new ort.Tensor('float32', new Float32Array(bytes.buffer), dims);
    },
    submit: () => undefined,
  };
}

/** In one go for all tensors, on the GPU's own queue: behind whatever made them, and before whatever reads the copy. */
function copyOnGpu(device: GPUDevice, ort: OrtSession['ort']): Copy {
  const encoder = device.createCommandEncoder();
  return {
    take(tensor, length) {
      const { batch, heads, tokens, headSize } = shapeOf(tensor);
      const dataType = tensor.type === 'float16' ? 'float16' : 'float32';
      const rowBytes = headSize * (dataType === 'float16' ? 2 : 4);
      const partBytes = length * rowBytes;
      // onnxruntime reads buffers in steps of 16 bytes.
      const size = Math.ceil((batch * heads * partBytes) / 16) * 16;
      const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
      const buffer = device.createBuffer({ size, usage });
      for (let head = 0; head < batch * heads; head += 1)
        encoder.copyBufferToBuffer(tensor.gpuBuffer, head * tokens * rowBytes, buffer, head * partBytes, partBytes);
      return ort.Tensor.fromGpuBuffer(buffer, {
        dataType,
        dims: [batch, heads, length, headSize],
        dispose: () => buffer.destroy(),
      });
    },
    submit: () => device.queue.submit([encoder.finish()]),
  };
}

function shapeOf({ dims }: Tensor) {
  const [batch = 0, heads = 0, tokens = 0, headSize = 0] = dims;
  return { batch, heads, tokens, headSize };
}
