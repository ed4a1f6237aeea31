import type { IncomingMessage } from 'node:http';
import { OrillaError } from '@orilla/contract';
import { type Fields, isFields } from '../api/fields.ts';

/** No vocabulary has tokens so long on average, escapes of JSON included; with room for a request's other fields. */
const maxBytesPerToken = 256;

/**
 * Reads a request's JSON object. More than any prompt of this context can take is not kept, but read to its end all
 * the same: who is cut off while still sending never sees the reason.
 * @throws OrillaError
 */
export async function readJson(request: IncomingMessage, contextLength: number): Promise<Fields> {
  const maxBytes = 65_536 + contextLength * maxBytesPerToken;
  let parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes <= maxBytes) parts.push(part);
    else parts = [];
  }
  if (bytes > maxBytes) throw tooLong(contextLength);
  const value = parse(Buffer.concat(parts).toString('utf8'));
  if (!isFields(value)) throw new OrillaError('protocol.bad-request', 'The request body must be a JSON object.');
  return value;
}

function tooLong(contextLength: number): OrillaError {
  return new OrillaError(
    'engine.context-exceeded',
    `The model's context is ${contextLength} tokens long, and the request is longer than that many tokens can be.`,
    { advice: 'Shorten the prompt, or use a model with a longer context.', param: 'messages' },
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own words hold a piece of the text.
    throw new OrillaError('protocol.bad-json', 'The request body is not valid JSON.');
  }
}
