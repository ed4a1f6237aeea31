import { join } from 'node:path';
import { cacheFolder } from '../cache/cache-folder.ts';

/** The vLLM that `npm run vllm` brings; the pins in `requirements.txt` belong to it. */
export const vllmVersion = '0.32.0';

/** Where everything of one vLLM version lies in the cache. Nothing is created. */
export interface VllmPlaces {
  /** Holds all the others. */
  root: string;
  venv: string;
  python: string;
  vllmBin: string;
  /** One small file for every finished step of the installation. */
  steps: string;
  /** Model folders, one for each GGUF they were converted from. */
  models: string;
  /** What vLLM itself caches. */
  cache: string;
}

/** The places under `root`: by default this version's folder in the cache. */
export function vllmPlaces(root: string = cacheFolder(['vllm', vllmVersion])): VllmPlaces {
  const venv = join(root, 'venv');
  return {
    root,
    venv,
    python: join(venv, 'bin', 'python'),
    vllmBin: join(venv, 'bin', 'vllm'),
    steps: join(root, 'steps'),
    models: join(root, 'models'),
    cache: join(root, 'cache'),
  };
}
