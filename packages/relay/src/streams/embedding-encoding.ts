import { OrillaError } from '@orilla/contract';
import { isJsonRecord, type JsonRecord } from '../http/json-record.ts';

/**
 * Gives embeddings the encoding that the client asked for, whichever the upstream gave: a list of numbers, or base64 of
 * 32-bit little-endian floats. Whether anything changed.
 * @throws OrillaError `relay.upstream-failed` for what is neither
 */
export function encodeEmbeddings(answer: JsonRecord, encoding: 'float' | 'base64'): boolean {
  if (!Array.isArray(answer.data)) throw notEmbeddings();
  let isChanged = false;
  for (const item of answer.data) {
    if (!isJsonRecord(item)) throw notEmbeddings();
    const { embedding } = item;
    if (encoding === 'base64' && Array.isArray(embedding)) {
      item.embedding = toBase64(embedding);
      isChanged = true;
    } else if (encoding === 'float' && typeof embedding === 'string') {
      item.embedding = toFloats(embedding);
      isChanged = true;
    } else if (typeof embedding !== 'string' && !Array.isArray(embedding)) {
      throw notEmbeddings();
    }
  }
  return isChanged;
}

function toBase64(embedding: readonly unknown[]): string {
  const bytes = Buffer.allocUnsafe(embedding.length * 4);
  for (let index = 0; index < embedding.length; index++) {
    const value = embedding[index];
    if (typeof value !== 'number') throw notEmbeddings();
    bytes.writeFloatLE(value, index * 4);
  }
  return bytes.toString('base64');
}

function toFloats(base64: string): number[] {
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.length % 4 !== 0) throw notEmbeddings();
  return Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatLE(index * 4));
}

const notEmbeddings = () =>
  new OrillaError('relay.upstream-failed', 'The model server answered with something else than embeddings.');
