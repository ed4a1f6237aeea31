import { OrillaError } from '@orilla/contract';
import type { ChatCompletionParams, Wllama } from '@wllama/wllama/esm/index.js';

export interface ContinuedPrompt {
  /** Everything that the model is to go on behind, special tokens written out. */
  readonly prompt: string;
  /** Tokens of the conversation, without the answer's beginning. */
  readonly promptTokens: number;
}

/** What llama.cpp tells beside the answer where it is asked to be verbose. */
interface Told {
  readonly usage?: { readonly prompt_tokens: number } | null;
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
  const conversation = await read((how) => wllama.createChatCompletion({ ...chat, ...how }), signal);
  const { prompt, promptTokens } = conversation;
  if (!wllama.mustAddBosToken()) return { prompt: prompt + emitted, promptTokens };
  // It puts that token in front of whatever it reads: here it stands already. An empty prompt tells how it is written.
  const { prompt: bos } = await read((how) => wllama.createCompletion({ prompt: '', ...how }), signal);
  const rest = bos !== '' && prompt.startsWith(bos) ? prompt.slice(bos.length) : prompt;
  return { prompt: rest + emitted, promptTokens };
}

/** As a stream: else it would also write the one token that it makes, which JSON may have no place for. */
const asked = {
  max_tokens: 1,
  temperature: 0,
  verbose: true,
  stream: true,
  stream_options: { include_usage: true },
} as const;

async function read(
  ask: (how: typeof asked & { abortSignal: AbortSignal; onData: (told: Told) => void }) => Promise<unknown>,
  abortSignal: AbortSignal,
): Promise<ContinuedPrompt> {
  let prompt: string | undefined;
  let promptTokens: number | undefined;
  const onData = ({ __verbose: verbose, usage }: Told) => {
    prompt = verbose?.prompt ?? prompt;
    promptTokens = usage?.prompt_tokens ?? promptTokens;
  };
  await ask({ ...asked, abortSignal, onData });
  if (prompt !== undefined && promptTokens !== undefined) return { prompt, promptTokens };
  throw new OrillaError('engine.failed', 'The engine does not tell how the answer began, so that it cannot go on.', {
    advice: 'Ask again from the beginning.',
  });
}
