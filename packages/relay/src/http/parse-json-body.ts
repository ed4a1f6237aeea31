import { isUtf8 } from 'node:buffer';
import { OrillaError } from '@orilla/contract';
import { findJsonFault, type JsonFault } from './find-json-fault.ts';

/**
 * Reads a request body once, so that whatever is checked is what is forwarded.
 * Messages tell the place of a fault and never the text there.
 * @throws OrillaError `protocol.bad-json`
 */
export function parseJsonBody(
  bytes: Buffer,
  options: { readonly maxDepth: number },
): Readonly<Record<string, unknown>> {
  if (bytes.length === 0) throw badJson('The request body is empty.');
  if (!isUtf8(bytes)) throw badJson('The request body is not UTF-8.');
  const text = bytes.toString('utf8');
  const fault = findJsonFault(text, options);
  if (fault) throw badJson(describe(fault, options.maxDepth));
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Its own message quotes the text, so that the place is looked for again, in strings too.
    const inside = findJsonFault(text, { ...options, checkStrings: true });
    throw badJson(inside ? describe(inside, options.maxDepth) : 'The request body is not JSON.');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw badJson('The request body is not a JSON object.');
  }
  return value as Record<string, unknown>; // an object that is neither null nor an array
}

function describe({ kind, position }: JsonFault, maxDepth: number): string {
  switch (kind) {
    case 'syntax':
      return `The request body is not JSON: it goes wrong at position ${position}.`;
    case 'duplicate-key':
      return `The request body has the same key twice in one object, the second time at position ${position}.`;
    case 'too-deep':
      return `The request body is nested deeper than ${maxDepth} levels, from position ${position} on.`;
  }
}

const badJson = (message: string) =>
  new OrillaError('protocol.bad-json', message, { advice: 'Send one JSON object, with each key once.' });
