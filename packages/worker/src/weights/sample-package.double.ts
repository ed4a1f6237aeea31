import { createHash } from 'node:crypto';
import type { Chunk, DevicePackage, EngineName, ModelManifest, PackageSource } from '@orilla/contract';
import { json, type Served } from './network/web.double.ts';

export const sha256Hex = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** Bytes that look random and are the same every time (xorshift32). */
export function sampleBytes(length: number, seed = 1): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let state = seed;
  for (let at = 0; at < length; at += 1) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[at] = state & 255;
  }
  return bytes;
}

export interface SamplePackage {
  readonly content: Uint8Array<ArrayBuffer>;
  readonly manifest: ModelManifest;
  readonly pkg: DevicePackage;
  /** What a good mirror serves, by address. */
  readonly served: Readonly<Record<string, Served>>;
  readonly fileUrl: string;
  readonly manifestUrl: string;
}

export interface SampleOptions {
  readonly id?: string;
  readonly engine?: EngineName;
  readonly content?: Uint8Array<ArrayBuffer>;
  readonly chunkBytes?: number;
  /** As a packer does that begins anew at the first tensor. Default: `chunkBytes`. */
  readonly firstChunkBytes?: number;
  readonly mirror?: string;
}

/** A small package with content that means nothing: by default ten chunks of 100 bytes. */
export function samplePackage(options: SampleOptions = {}): SamplePackage {
  const { id = 'sample', content = sampleBytes(1_000), chunkBytes = 100, mirror = 'https://mirror.test' } = options;
  const { engine = 'llamacpp', firstChunkBytes = chunkBytes } = options;
  const chunks: Chunk[] = [];
  for (let offset = 0; offset < content.length; ) {
    const piece = content.subarray(offset, offset + (offset === 0 ? firstChunkBytes : chunkBytes));
    chunks.push({ offset, length: piece.length, sha256: sha256Hex(piece) });
    offset += piece.length;
  }
  const manifest: ModelManifest = {
    schema: 'orilla.model/1',
    id,
    engine,
    files: [{ path: 'model.gguf', bytes: content.length, sha256: sha256Hex(content), chunks }],
    contextLength: 64,
    memory: { weights: 1, kvPerToken: 1, scratch: 1 },
    license: 'Apache-2.0',
  };
  const manifestUrl = `${mirror}/${id}/manifest.json`;
  const fileUrl = `${mirror}/${id}/files/model.gguf`;
  return {
    content,
    manifest,
    manifestUrl,
    fileUrl,
    served: { [manifestUrl]: json(manifest), [fileUrl]: content },
    pkg: describe(manifest, [{ kind: 'mirror', url: `${mirror}/${id}/` }]),
  };
}

export function describe(manifest: ModelManifest, sources: readonly PackageSource[]): DevicePackage {
  const { id, engine, contextLength, memory, license } = manifest;
  const bytes = manifest.files.reduce((sum, file) => sum + file.bytes, 0);
  return { id, engine, bytes, contextLength, memory, license, sources };
}
