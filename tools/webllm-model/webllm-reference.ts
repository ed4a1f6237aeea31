import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What the tiny model answers, computed in float64 by numpy: `reference.json` beside the model. */
export interface WebllmReference {
  readonly messages: readonly { readonly role: 'user'; readonly content: string }[];
  /** What ChatML makes of the messages, and the ids of that. */
  readonly prompt: string;
  readonly promptIds: readonly number[];
  /** Of the first token, one for each of the vocabulary. */
  readonly logits: readonly number[];
  /** The ids that greedy decoding gives, none of which ends the answer, and the bytes that they stand for in hexadecimal. */
  readonly greedyIds: readonly number[];
  readonly greedyBytes: string;
  /** By how much the chosen logit was at least above the next one. */
  readonly leastMargin: number;
}

/** @throws Error where the folder has none */
export async function readWebllmReference(folder: string): Promise<WebllmReference> {
  // Written by our own script, whose content is part of the folder's name.
  return JSON.parse(await readFile(join(folder, 'reference.json'), 'utf8')) as WebllmReference;
}
