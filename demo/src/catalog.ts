import type { Catalog, DevicePackage } from '@orilla/contract';

const MiB = 1024 * 1024;
/** Compute buffers beside weights and cache, at the small batches that the engine runs with. */
const scratch = 16 * MiB;

/** A package that llama.cpp opens: one GGUF file, from this server's mirror, or else from the hub that publishes it where one is named. */
function gguf(
  pkg: Pick<DevicePackage, 'id' | 'bytes' | 'contextLength' | 'license'> & {
    /** 2 (keys, values) × layers × key/value heads × head size × 2 bytes. */
    readonly kvPerToken: number;
    /** Where it is published. Absent: it comes from this server alone, and nobody else is ever asked for it. */
    readonly hub?: { readonly repository: string; readonly revision: string; readonly path: string };
  },
): DevicePackage {
  const { id, bytes, contextLength, license, kvPerToken, hub } = pkg;
  return {
    id,
    engine: 'llamacpp',
    bytes,
    contextLength,
    memory: { weights: bytes, kvPerToken, scratch },
    license,
    sources: [{ kind: 'mirror', url: `/orilla/v1/models/${id}/` }, ...(hub ? [{ kind: 'hub', ...hub } as const] : [])],
  };
}

/**
 * Models that people would use, from the starter to the largest that a good laptop holds. Every one has public weights under
 * Apache-2.0 at a fixed revision. Hashes are not here: they come from the mirror's manifest or the hub's metadata.
 * `relay` stands only where the relay that `npm start` runs serves the model: an organization adds its own.
 */
export const defaultCatalog: Catalog = {
  models: {
    'smollm2-135m': {
      title: 'SmolLM2 135M',
      device: [
        gguf({
          id: 'smollm2-135m-instruct-q4_1',
          bytes: 98_362_432,
          contextLength: 2048,
          kvPerToken: 23_040,
          license: 'Apache-2.0',
        }),
      ],
      relay: { model: 'smollm2-135m' },
    },
    'qwen2.5-0.5b': {
      title: 'Qwen2.5 0.5B',
      device: [
        gguf({
          id: 'qwen2.5-0.5b-instruct-q4_k_m',
          bytes: 491_400_032,
          contextLength: 4096,
          kvPerToken: 12_288,
          license: 'Apache-2.0',
          hub: {
            repository: 'Qwen/Qwen2.5-0.5B-Instruct-GGUF',
            revision: '9217f5db79a29953eb74d5343926648285ec7e67',
            path: 'qwen2.5-0.5b-instruct-q4_k_m.gguf',
          },
        }),
      ],
    },
    'qwen2.5-1.5b': {
      title: 'Qwen2.5 1.5B',
      device: [
        gguf({
          id: 'qwen2.5-1.5b-instruct-q4_k_m',
          bytes: 1_117_320_736,
          contextLength: 4096,
          kvPerToken: 28_672,
          license: 'Apache-2.0',
          hub: {
            repository: 'Qwen/Qwen2.5-1.5B-Instruct-GGUF',
            revision: '91cad51170dc346986eccefdc2dd33a9da36ead9',
            path: 'qwen2.5-1.5b-instruct-q4_k_m.gguf',
          },
        }),
      ],
    },
    'qwen3-4b': {
      title: 'Qwen3 4B',
      device: [
        gguf({
          id: 'qwen3-4b-q4_k_m',
          bytes: 2_497_280_256,
          contextLength: 4096,
          kvPerToken: 147_456,
          license: 'Apache-2.0',
          hub: {
            repository: 'Qwen/Qwen3-4B-GGUF',
            revision: 'bc640142c66e1fdd12af0bd68f40445458f3869b',
            path: 'Qwen3-4B-Q4_K_M.gguf',
          },
        }),
      ],
    },
  },
};
