import { OrillaError } from '@orilla/contract';
import { isJsonRecord } from './json-record.ts';

/** What a part may hold under the key that is called like its type, and the keys that has of its own. */
type Holder =
  | { readonly kind: 'text' }
  /** A `data:` URL, as it is or under the key `in`. */
  | { readonly kind: 'url'; readonly in: string; readonly isObject: boolean; readonly keys: readonly string[] }
  /** Base64 under `data`. */
  | { readonly kind: 'audio'; readonly keys: readonly string[] };

/** Parts of a message that the relay lets through. What else a model server takes may be a way around the rules. */
const holders: ReadonlyMap<unknown, Holder> = new Map<string, Holder>([
  ['text', { kind: 'text' }],
  ['refusal', { kind: 'text' }],
  ['thinking', { kind: 'text' }],
  ['image_url', { kind: 'url', in: 'url', isObject: false, keys: ['url', 'detail'] }],
  ['audio_url', { kind: 'url', in: 'url', isObject: false, keys: ['url'] }],
  ['video_url', { kind: 'url', in: 'url', isObject: false, keys: ['url'] }],
  ['input_audio', { kind: 'audio', keys: ['data', 'format'] }],
  ['file', { kind: 'url', in: 'file_data', isObject: true, keys: ['filename', 'file_data'] }],
]);

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
  const { type } = part;
  const holder = holders.get(type);
  if (typeof type !== 'string' || !holder) throw bad(`${at}.type`, `must be one of ${[...holders.keys()].join(', ')}`);
  for (const key of Object.keys(part)) {
    if (key !== 'type' && key !== type) throw bad(at, 'has a key that its type does not have');
  }
  checkHeld(part[type], holder, `${at}.${type}`);
}

/** A model server would fetch any other address itself, from inside the operator's network; some try what is no base64 as an address. */
function checkHeld(held: unknown, holder: Holder, at: string): void {
  if (holder.kind === 'text') {
    if (typeof held !== 'string') throw bad(at, 'must be a text');
    return;
  }
  const fields = isJsonRecord(held) ? held : undefined;
  for (const key of Object.keys(fields ?? {})) {
    if (!holder.keys.includes(key)) throw bad(at, `may hold only ${holder.keys.join(' and ')}`);
  }
  if (holder.kind === 'audio') {
    if (!fields || !isBase64(fields.data)) throw bad(`${at}.data`, 'must be base64');
    if (fields.format !== undefined && !isWord(fields.format)) throw bad(`${at}.format`, 'must be a word such as wav');
    return;
  }
  const url = fields ? fields[holder.in] : held;
  if (typeof url !== 'string' || !/^data:/i.test(url) || (holder.isObject && !fields)) {
    const where = holder.isObject ? `${at}.${holder.in}` : at;
    throw bad(where, 'must be a data: URL, because the model server would fetch any other itself');
  }
  for (const [key, value] of Object.entries(fields ?? {})) {
    if (typeof value !== 'string' && value !== null) throw bad(`${at}.${key}`, 'must be a text');
  }
}

/** Looks for what doesn't belong: a pattern of all that does would remember every place in megabytes of sound. */
const isBase64 = (value: unknown): boolean =>
  typeof value === 'string' && value !== '' && !/[^A-Za-z0-9+/=_-]/.test(value);

const isWord = (value: unknown): boolean => typeof value === 'string' && /^[A-Za-z0-9]{1,16}$/.test(value);

function bad(param: string, why: string): OrillaError {
  return new OrillaError('protocol.bad-request', `The request can't be forwarded: ${param} ${why}.`, { param });
}
