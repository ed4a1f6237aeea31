import type { ChatRequest } from '@orilla/contract';
import type { ToolFormat } from './tools/tool-format.ts';

/** What of a request becomes the prompt. */
export type ChatPrompt = Pick<ChatRequest, 'messages' | 'tools' | 'tool_choice'>;

/** A model's own vocabulary and chat template. */
export interface ModelText {
  /** One more than the highest id. A model may compute more logits than that: those behind belong to no token. */
  readonly vocabularySize: number;
  /** Tokens that steer and are not text: begin and end of a text or a turn, padding. */
  readonly specialTokenIds: ReadonlySet<number>;
  /** The token that ends an answer, where the files name one. */
  readonly endTokenId: number | null;
  /** How this model writes calls of tools. */
  readonly toolFormat: ToolFormat;
  /**
   * The prompt for these messages, up to where the model's answer begins.
   * @throws OrillaError `capability.unsupported` where they hold more than text, or the template can't take them;
   * `protocol.bad-request` for messages that are none
   */
  renderChat(prompt: ChatPrompt): string;
  /** Special tokens written in the text are recognised; none is added. */
  encode(text: string): readonly number[];
  /** What a token stands for in UTF-8: perhaps a part of a character. Of a special token what it is written as; of no token nothing. */
  tokenBytes(id: number): Uint8Array;
}
