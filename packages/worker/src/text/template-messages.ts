import { type ChatMessage, OrillaError } from '@orilla/contract';

/** A message as chat templates know it: OpenAI's, with text alone as content, and the arguments of a call as a value where they are JSON. */
export interface TemplateMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly content: string;
  readonly tool_calls?: readonly TemplateToolCall[];
  /** Of the result of a tool: which call it answers, and the tool that was called. */
  readonly tool_call_id?: string;
  readonly name?: string;
}

export interface TemplateToolCall {
  readonly id: string;
  readonly type: 'function';
  readonly function: { readonly name: string; readonly arguments: unknown };
}

/**
 * Brings messages to what templates take. `developer` is OpenAI's newer word for `system`, which no open model's template knows; parts
 * of text are joined by line breaks, as model servers do.
 * @throws OrillaError `capability.unsupported` for what is neither text nor a call of a function; `protocol.bad-request` for what is no message
 */
export function templateMessages(messages: readonly ChatMessage[]): readonly TemplateMessage[] {
  if (!Array.isArray(messages) || messages.length === 0) throw badMessage('messages', 'there are none');
  const names = new Map<string, string>();
  return messages.map((message, index) => {
    const at = `messages[${index}]`;
    const role = roleOf(message, at);
    if (role === 'assistant') return assistantMessage(message, at, names);
    const content = contentOf(message, at);
    if (message.role !== 'tool') return { role, content };
    const name = names.get(message.tool_call_id);
    return { role, content, tool_call_id: message.tool_call_id, ...(name !== undefined && { name }) };
  });
}

function roleOf(message: ChatMessage, at: string): TemplateMessage['role'] {
  switch (message.role) {
    case 'developer':
      return 'system';
    case 'system':
    case 'user':
    case 'assistant':
    case 'tool':
      return message.role;
    case 'function':
      throw unsupportedPart(`${at}.role`, 'the result of a tool in an older form');
    default:
      throw badMessage(`${at}.role`, 'its role is unknown');
  }
}

function assistantMessage(message: ChatMessage, at: string, names: Map<string, string>): TemplateMessage {
  const calls = 'tool_calls' in message ? (message.tool_calls ?? []) : [];
  if (!Array.isArray(calls)) throw badMessage(`${at}.tool_calls`, 'its calls of tools are no list');
  if (calls.length === 0) return { role: 'assistant', content: contentOf(message, at) };
  const plainCalls = calls.map((call, index): TemplateToolCall => {
    const where = `${at}.tool_calls[${index}]`;
    if (call.type !== 'function') throw unsupportedPart(`${where}.type`, 'a call of something that is no function');
    const { name, arguments: text } = call.function ?? {};
    if (typeof name !== 'string' || typeof text !== 'string')
      throw badMessage(`${where}.function`, 'a call of a tool has no name, or no arguments as text');
    names.set(call.id, name);
    return { id: call.id, type: 'function', function: { name, arguments: readArguments(text) } };
  });
  const isSilent = message.content === null || message.content === undefined;
  return { role: 'assistant', content: isSilent ? '' : contentOf(message, at), tool_calls: plainCalls };
}

/** Templates write the arguments as JSON themselves. What is no JSON, as a model may have written it, stays as it is. */
function readArguments(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function contentOf({ content }: ChatMessage, at: string): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) throw badMessage(`${at}.content`, 'its content is neither text nor a list of parts');
  const texts = content.map((part, index) => {
    if (part.type === 'text') return part.text;
    if (part.type === 'refusal') return part.refusal;
    throw unsupportedPart(`${at}.content[${index}].type`, 'a part that is not text');
  });
  return texts.join('\n');
}

/** @returns what is thrown for a part of a conversation that the model can't take */
export function unsupportedPart(param: string, what: string): OrillaError {
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
