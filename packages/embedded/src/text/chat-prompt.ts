import { Template } from '@huggingface/jinja';
import { OrillaError } from '@orilla/contract';
import type { PlainMessage } from '../api/read-messages.ts';

/** Writes messages as the one text that the model was trained on. */
export type ChatPrompt = (messages: readonly PlainMessage[]) => string;

/** What a model file says about its chat format. */
export interface ChatFormat {
  /** Jinja source. */
  readonly template: string;
  readonly bosToken: string;
  readonly eosToken: string;
}

/** Compiles a chat template once. @throws SyntaxError where the template itself is broken */
export function createChatPrompt({ template, bosToken, eosToken }: ChatFormat): ChatPrompt {
  const compiled = new Template(template);
  return (messages) => {
    try {
      return compiled.render({ messages, bos_token: bosToken, eos_token: eosToken, add_generation_prompt: true });
    } catch (cause) {
      // Templates refuse what their model never saw, such as two user turns in a row. Their words may echo the prompt.
      throw new OrillaError('protocol.bad-request', "The model's chat template does not take these messages.", {
        advice: 'Begin with an optional system message, then let user and assistant take turns.',
        param: 'messages',
        cause,
      });
    }
  };
}
