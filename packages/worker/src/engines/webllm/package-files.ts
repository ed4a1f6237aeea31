import type { ModelManifest, WeightFiles } from '@orilla/contract';
import { type ModelText, modelTextOf } from '../../text/model-text.ts';
import { type Conversation, conversationOf } from './conversation-template.ts';
import { badPackage } from './engine-errors.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What a package says of its model beyond the weights. */
export interface WebllmPackage {
  /** The path of the compiled model library. */
  readonly library: string;
  readonly text: ModelText;
  readonly conversation: Conversation;
  /** Tokens that end an answer. */
  readonly endTokenIds: ReadonlySet<number>;
  /** The most tokens that the library computes at once. */
  readonly prefillChunk: number;
}

/** Where the configuration doesn't say: what libraries are compiled with at least. */
const usualPrefillChunk = 512;

/**
 * Reads what the engine has to know before the library runs. The prompt is the model's own chat template's, as in the other engines;
 * WebLLM's `conv_template` serves models that bring none.
 * @throws OrillaError `engine.load-failed`, `capability.unsupported`
 */
export async function readPackage(
  { files }: Pick<ModelManifest, 'files'>,
  weights: WeightFiles,
): Promise<WebllmPackage> {
  const [library, ...others] = files.filter(({ path }) => path.endsWith('.wasm'));
  if (!library) throw badPackage('it holds no model library (.wasm), without which the weights can’t be computed with');
  if (others.length > 0) throw badPackage('it holds more than one model library');
  const config = await readJson(weights, 'mlc-chat-config.json');
  const tokenizerConfig = weights.has('tokenizer_config.json') ? await readJson(weights, 'tokenizer_config.json') : {};
  const conversation = conversationOf(config);
  const template = await weights.get('chat_template.jinja')?.text();
  const hasTemplate = template !== undefined || tokenizerConfig.chat_template !== undefined;
  const text = modelTextOf({
    tokenizer: await readJson(weights, 'tokenizer.json'),
    tokenizerConfig,
    chatTemplate: hasTemplate ? template : conversation.chatTemplate,
  });
  const { endTokenId } = text;
  const { prefill_chunk_size: chunk } = config;
  return {
    library: library.path,
    text,
    conversation: hasTemplate ? { ...conversation, prefixTokenIds: [] } : conversation,
    endTokenIds: new Set([...conversation.stopTokenIds, ...(endTokenId === null ? [] : [endTokenId])]),
    prefillChunk: typeof chunk === 'number' && chunk > 0 ? chunk : usualPrefillChunk,
  };
}

async function readJson(weights: WeightFiles, path: string): Promise<Fields> {
  const blob = weights.get(path);
  if (!blob) throw badPackage(`${path} is missing`);
  const value = parse(await blob.text());
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw badPackage(`its ${path} is no JSON`);
  return { ...value };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // told by the caller, who knows the file's name
  }
}
