import { type Llama, type LlamaGrammar, LlamaGrammarEvaluationState, type LlamaModel } from 'node-llama-cpp';
import type { GrammarRequest } from '../api/grammar-request.ts';

export interface GrammarSource {
  /** @throws Error where the schema cannot be made a grammar */
  prepare(request: GrammarRequest): Promise<void>;
  /** The state of one answer that begins. */
  begin(request: GrammarRequest): Promise<LlamaGrammarEvaluationState>;
}

/** Grammars are kept, since an app asks with the same few schemas again and again; the oldest one goes first. */
const maxKept = 16;

export function createGrammarSource(llama: Llama, model: LlamaModel): GrammarSource {
  const kept = new Map<string, Promise<LlamaGrammar>>();
  const grammarFor = (request: GrammarRequest): Promise<LlamaGrammar> => {
    const key = JSON.stringify(request);
    const known = kept.get(key);
    if (known) return known;
    const made =
      request.type === 'json'
        ? llama.getGrammarFor('json')
        : llama.createGrammarForJsonSchema(request.schema as { type: 'object' }); // any form goes; readGrammar let through only what the library keeps
    made.catch(() => kept.delete(key));
    kept.set(key, made);
    for (const oldest of kept.keys()) {
      if (kept.size <= maxKept) break;
      kept.delete(oldest);
    }
    return made;
  };
  return {
    async prepare(request) {
      await grammarFor(request);
    },
    async begin(request) {
      return new LlamaGrammarEvaluationState({ model, grammar: await grammarFor(request) });
    },
  };
}
