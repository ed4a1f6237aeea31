import type { ModelManifest, WeightFiles } from '@orilla/contract';
import { type ModelText, modelTextOf } from '../../text/model-text.ts';
import { badPackage, readJson, readText, requireJson } from '../package/read-package.ts';
import { type Conversation, conversationOf } from './conversation-template.ts';

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
  const library = libraryOf({ files });
  const config = await requireJson(weights, 'mlc-chat-config.json');
  const tokenizerConfig = (await readJson(weights, 'tokenizer_config.json')) ?? {};
  const conversation = conversationOf(config);
  const template = (await readText(weights, 'chat_template.jinja')) ?? undefined;
  const hasTemplate = template !== undefined || tokenizerConfig.chat_template !== undefined;
  const text = modelTextOf({
    tokenizer: await requireJson(weights, 'tokenizer.json'),
    tokenizerConfig,
    chatTemplate: hasTemplate ? template : conversation.chatTemplate,
  });
  const { endTokenId } = text;
  const { prefill_chunk_size: chunk } = config;
  return {
    library,
    text,
    conversation: hasTemplate ? { ...conversation, prefixTokenIds: [] } : conversation,
    endTokenIds: new Set([...conversation.stopTokenIds, ...(endTokenId === null ? [] : [endTokenId])]),
    prefillChunk: typeof chunk === 'number' && chunk > 0 ? chunk : usualPrefillChunk,
  };
}

/** The path of the compiled model library. @throws OrillaError `engine.load-failed` */
export function libraryOf({ files }: Pick<ModelManifest, 'files'>): string {
  const [library, ...others] = files.filter(({ path }) => path.endsWith('.wasm'));
  if (!library) throw badPackage('it holds no model library (.wasm), without which the weights can’t be computed with');
  if (others.length > 0) throw badPackage('it holds more than one model library');
  return library.path;
}
