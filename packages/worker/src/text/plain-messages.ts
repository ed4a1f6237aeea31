import type { ChatMessage } from '@orilla/contract';
import { type TemplateMessage, templateMessages, unsupportedPart } from './template-messages.ts';

/** A message of text alone, with nothing of tools. */
export interface PlainMessage {
  readonly role: Exclude<TemplateMessage['role'], 'tool'>;
  readonly content: string;
}

/**
 * Brings messages to plain text, for where tools are unknown.
 * @throws OrillaError `capability.unsupported` for what is not text; `protocol.bad-request` for what is no message
 */
export function plainMessages(messages: readonly ChatMessage[]): readonly PlainMessage[] {
  return templateMessages(messages).map(({ role, content, tool_calls }, index) => {
    if (role === 'tool') throw unsupportedPart(`messages[${index}].role`, 'the result of a tool');
    if (tool_calls) throw unsupportedPart(`messages[${index}].tool_calls`, 'a call of a tool');
    return { role, content };
  });
}
