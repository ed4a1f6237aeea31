import { badField, type Fields, isFields, unsupported } from './fields.ts';

/** A message as chat templates take it. */
export interface PlainMessage {
  readonly role: string;
  readonly content: string;
}

const roles = ['system', 'developer', 'user', 'assistant'];

/** Reads `messages`: text only, given whole or in parts. @throws OrillaError naming the field */
export function readMessages(fields: Fields): readonly PlainMessage[] {
  const { messages } = fields;
  if (!Array.isArray(messages) || messages.length === 0)
    throw badField('messages', 'must be a list with at least one message');
  return messages.map((message: unknown, index) => {
    const at = `messages[${index}]`;
    if (!isFields(message)) throw badField(at, 'must be an object with role and content');
    const { role } = message;
    if (role === 'tool' || role === 'function' || message.tool_calls != null)
      throw unsupported(`${at}.role`, 'asks for tools, which the embedded upstream does not have');
    if (typeof role !== 'string' || !roles.includes(role))
      throw badField(`${at}.role`, `must be one of ${roles.join(', ')}`);
    // OpenAI's newer word for the same thing, which no open model's template knows.
    return { role: role === 'developer' ? 'system' : role, content: readContent(message.content, `${at}.content`) };
  });
}

function readContent(content: unknown, at: string): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) throw badField(at, 'must be a text, or a list of text parts');
  return content
    .map((part: unknown, index) => {
      if (!isFields(part)) throw badField(`${at}[${index}]`, 'must be an object with type and text');
      if (part.type !== 'text')
        throw unsupported(`${at}[${index}].type`, 'is not text, and the embedded upstream takes nothing else');
      if (typeof part.text !== 'string') throw badField(`${at}[${index}].text`, 'must be a text');
      return part.text;
    })
    .join('');
}
