import type { ChatRequest, PromptTokens } from '@orilla/contract';

/** Room for what a chat template puts around the messages: its default system prompt, role markers, the opening of the answer. */
const templateTokens = 96;
const templateTokensPerMessage = 16;
/** Answer length that is kept free where the request names none. */
export const defaultMaxTokens = 256;

/**
 * Bounds the tokens of a prompt from above without a tokenizer: byte-level BPE never makes more tokens than there are UTF-8 bytes.
 * Costs one pass over the text.
 */
export function promptBound(request: ChatRequest): PromptTokens {
  let bytes = templateTokens + templateTokensPerMessage * request.messages.length;
  for (const message of request.messages) {
    if (typeof message.content === 'string') bytes += utf8Length(message.content);
    else if (message.content) bytes += utf8Length(JSON.stringify(message.content));
    if ('name' in message && message.name) bytes += utf8Length(message.name);
    if ('tool_calls' in message && message.tool_calls) bytes += utf8Length(JSON.stringify(message.tool_calls));
  }
  if (request.tools) bytes += utf8Length(JSON.stringify(request.tools));
  return { upperBound: bytes };
}

/** Tokens that the answer may take, as far as the request says. */
export function answerTokens(request: ChatRequest): number {
  return request.max_completion_tokens ?? request.max_tokens ?? defaultMaxTokens;
}

function utf8Length(text: string): number {
  let length = text.length;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) continue;
    length += unit < 0x800 ? 1 : 2;
    // The low half of a surrogate pair adds nothing: the pair is four bytes, two more than its units.
    if (unit >= 0xd800 && unit < 0xdc00) index++;
  }
  return length;
}
