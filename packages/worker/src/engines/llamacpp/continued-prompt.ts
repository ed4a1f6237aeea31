import { OrillaError } from '@orilla/contract';
import type { ChatCompletionParams, Wllama } from '@wllama/wllama/esm/index.js';

export interface ContinuedPrompt {
  /** Everything that the model is to go on behind, special tokens written out. */
  readonly prompt: string;
  /** Tokens of the conversation, without the answer's beginning. */
  readonly promptTokens: number;
}

/** What llama.cpp tells of a request in which it is asked to be verbose. */
interface Told {
  readonly usage: { readonly prompt_tokens: number };
  readonly __verbose?: { readonly prompt?: string };
}

/**
 * Writes the prompt of an answer that goes on behind its beginning. The conversation is the one that llama.cpp itself makes with the
 * model's own template, which it tells; what it has read for that, the answer needn't read again. It takes prompts as text, not as tokens.
 * @throws OrillaError `engine.failed` where llama.cpp doesn't tell; and what it raises
 */
export async function continuedPrompt(
  wllama: Pick<Wllama, 'createChatCompletion' | 'createCompletion' | 'mustAddBosToken'>,
  chat: Pick<ChatCompletionParams, 'messages'>,
  { emitted, signal }: { readonly emitted: string; readonly signal: AbortSignal },
): Promise<ContinuedPrompt> {
  const asked = { max_tokens: 1, temperature: 0, verbose: true, abortSignal: signal };
  const told: Told = await wllama.createChatCompletion({ ...chat, ...asked });
  const conversation = promptOf(told);
  const { prompt_tokens: promptTokens } = told.usage;
  if (!wllama.mustAddBosToken()) return { prompt: conversation + emitted, promptTokens };
  // It puts that token in front of whatever it reads: here it stands already. An empty prompt tells how it is written.
  const bos = promptOf(await wllama.createCompletion({ prompt: '', ...asked }));
  const rest = bos !== '' && conversation.startsWith(bos) ? conversation.slice(bos.length) : conversation;
  return { prompt: rest + emitted, promptTokens };
}

function promptOf({ __verbose: verbose }: Told): string {
  if (typeof verbose?.prompt === 'string') return verbose.prompt;
  throw new OrillaError('engine.failed', 'The engine does not tell how the answer began, so that it cannot go on.', {
    advice: 'Ask again from the beginning.',
  });
}
