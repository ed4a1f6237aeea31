import { OrillaError } from '@orilla/contract';
import { isJsonRecord } from './json-record.ts';

/** Parts of a message that the relay lets through, with the keys each may have. What else a model server takes may be a way around the rules. */
const partKeys: ReadonlyMap<unknown, readonly string[]> = new Map([
  ['text', ['type', 'text']],
  ['refusal', ['type', 'refusal']],
  ['thinking', ['type', 'thinking']],
  ['image_url', ['type', 'image_url']],
  ['audio_url', ['type', 'audio_url']],
  ['video_url', ['type', 'video_url']],
  ['input_audio', ['type', 'input_audio']],
  ['file', ['type', 'file']],
]);

/** Parts whose address a model server would fetch itself, from inside the operator's network. */
const urlKeys = ['image_url', 'audio_url', 'video_url'] as const;

/**
 * Checks what stands in the messages of a chat besides text.
 * @throws OrillaError `protocol.bad-request`
 */
export function checkContentParts(messages: unknown): void {
  if (!Array.isArray(messages)) throw bad('messages', 'must be a list');
  for (let index = 0; index < messages.length; index++) {
    const message: unknown = messages[index];
    if (!isJsonRecord(message)) throw bad(`messages[${index}]`, 'must be an object');
    const { content } = message;
    if (typeof content === 'string' || content === undefined || content === null) continue;
    if (!Array.isArray(content)) throw bad(`messages[${index}].content`, 'must be a text or a list of parts');
    for (let at = 0; at < content.length; at++) checkPart(content[at], `messages[${index}].content[${at}]`);
  }
}

function checkPart(part: unknown, at: string): void {
  if (!isJsonRecord(part)) throw bad(at, 'must be an object');
  const keys = partKeys.get(part.type);
  if (!keys) throw bad(`${at}.type`, `must be one of ${[...partKeys.keys()].join(', ')}`);
  for (const key of Object.keys(part)) if (!keys.includes(key)) throw bad(at, 'has a key that its type does not have');
  for (const key of urlKeys) {
    if (part.type !== key) continue;
    const holder = part[key];
    const url = isJsonRecord(holder) ? holder.url : holder;
    if (typeof url !== 'string' || !/^data:/i.test(url)) {
      throw bad(`${at}.${key}`, 'must be a data: URL, because the model server would fetch any other itself');
    }
  }
}

function bad(param: string, why: string): OrillaError {
  return new OrillaError('protocol.bad-request', `The request can't be forwarded: ${param} ${why}.`, { param });
}
