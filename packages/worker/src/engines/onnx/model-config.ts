import type { ModelText } from '../../text/model-text.ts';
import { readJson, requireJson } from '../package/read-package.ts';

export interface ModelConfig {
  /** `encoder`: it makes embeddings and writes nothing. */
  readonly kind: 'decoder' | 'encoder';
  /** Tokens that end an answer. */
  readonly endTokenIds: ReadonlySet<number>;
  /** Tokens that its positions were made for; `null` where it doesn't say. */
  readonly contextLength: number | null;
}

/**
 * Reads `config.json` and, where there is one, `generation_config.json`.
 * @throws OrillaError `engine.load-failed`
 */
export async function readModelConfig(weights: ReadonlyMap<string, Blob>): Promise<ModelConfig> {
  const config = await requireJson(weights, 'config.json');
  const generation = await readJson(weights, 'generation_config.json');
  const { architectures, max_position_embeddings: positions } = config;
  const names = Array.isArray(architectures) ? architectures.map(String) : [];
  const writes = names.length === 0 || names.some((name) => /ForCausalLM$|LMHeadModel$/.test(name));
  return {
    kind: writes ? 'decoder' : 'encoder',
    endTokenIds: new Set([...idsOf(config.eos_token_id), ...idsOf(generation?.eos_token_id)]),
    contextLength: typeof positions === 'number' ? positions : null,
  };
}

/** All tokens that end an answer, those that only the tokenizer's files name included. */
export function endTokensOf(config: ModelConfig, text: Pick<ModelText, 'endTokenId'>): ReadonlySet<number> {
  return text.endTokenId === null ? config.endTokenIds : new Set([...config.endTokenIds, text.endTokenId]);
}

function idsOf(value: unknown): readonly number[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.filter((id) => typeof id === 'number');
}
