import { type ChatMessage, OrillaError } from '@orilla/contract';

/** A message as chat templates know it. */
export interface PlainMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

/**
 * Brings messages to plain text, once for the engine and for counting, so that both see the same prompt. `developer` is OpenAI's newer
 * word for `system`, which no open model's template knows; parts of text are joined by line breaks, as model servers do.
 * @throws OrillaError `capability.unsupported` for what is not text; `protocol.bad-request` for what is no message
 */
export function plainMessages(messages: readonly ChatMessage[]): readonly PlainMessage[] {
  if (!Array.isArray(messages) || messages.length === 0) throw badMessage('messages', 'there are none');
  return messages.map((message, index) => ({
    role: roleOf(message, index),
    content: contentOf(message, index),
  }));
}

function roleOf(message: ChatMessage, index: number): PlainMessage['role'] {
  switch (message.role) {
    case 'developer':
      return 'system';
    case 'system':
    case 'user':
    case 'assistant':
      return message.role;
    case 'tool':
    case 'function':
      throw unsupported(`messages[${index}].role`, 'the result of a tool');
    default:
      throw badMessage(`messages[${index}].role`, 'its role is unknown');
  }
}

function contentOf(message: ChatMessage, index: number): string {
  const at = `messages[${index}]`;
  if ('tool_calls' in message && message.tool_calls?.length) throw unsupported(`${at}.tool_calls`, 'a call of a tool');
  const { content } = message;
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) throw badMessage(`${at}.content`, 'its content is neither text nor a list of parts');
  const texts = content.map((part, partIndex) => {
    if (part.type === 'text') return part.text;
    if (part.type === 'refusal') return part.refusal;
    throw unsupported(`${at}.content[${partIndex}].type`, 'a part that is not text');
  });
  return texts.join('\n');
}

function unsupported(param: string, what: string): OrillaError {
  return new OrillaError(
    'capability.unsupported',
    `The model on this device takes text only, but ${param} is ${what}.`,
    {
      advice: 'Leave it out, or let the relay answer.',
      param,
    },
  );
}

function badMessage(param: string, why: string): OrillaError {
  return new OrillaError('protocol.bad-request', `The messages can't be used: ${why}.`, {
    advice: 'Send a list of messages, each with a role and a content.',
    param,
  });
}
