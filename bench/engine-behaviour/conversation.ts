import type { ChatMessage } from '@orilla/contract';
import type { Asked, Told } from '../behaviour-page/behaviour-page.ts';
import { runsInTime, type TimeLimit } from './runs-in-time.ts';

export interface ConversationOptions {
  readonly turns: number;
  /** Of each message. */
  readonly words: number;
  /** Of each answer. */
  readonly tokens: number;
  readonly random: () => number;
}

/** Of four letters each, so that messages of as many words are equally long; most are one token where a vocabulary has words. */
const words = ['sand', 'wind', 'rain', 'ship', 'lake', 'hill', 'road', 'tree', 'bird', 'fish', 'gold', 'moon', 'star'];

/** A message of some words, drawn by chance. */
export function message(count: number, random: () => number): string {
  return Array.from({ length: count }, () => words[Math.floor(random() * words.length)]).join(' ');
}

/**
 * Talks with a model, each message as long as the others, and gives what passed until the first token of each answer, in milliseconds.
 * @throws Error where an answer is not as long as the others: then turns can't be compared
 */
export async function conversation(
  ask: (asked: Asked) => Promise<Told>,
  { turns, words, tokens, random }: ConversationOptions,
): Promise<readonly number[]> {
  const messages: ChatMessage[] = [];
  const firstMs: number[] = [];
  while (firstMs.length < turns) {
    messages.push({ role: 'user', content: message(words, random) });
    const { text, tokens: told, atMs } = await ask({ messages: [...messages], tokens });
    const [first] = atMs;
    if (first === undefined || told !== tokens)
      throw new Error(`Answer ${firstMs.length + 1} of a conversation had ${told} of ${tokens} tokens.`);
    firstMs.push(first);
    messages.push({ role: 'assistant', content: text });
  }
  return firstMs;
}

/**
 * Talks several times, behind a first time in which memory was touched and shaders were compiled. Where the time is over already, the first
 * time is all there is.
 */
export async function conversations(
  talk: () => Promise<readonly number[]>,
  { first, count, limit }: { readonly first: readonly number[]; readonly count: number; readonly limit: TimeLimit },
): Promise<readonly (readonly number[])[]> {
  const all = [];
  for (const _ of runsInTime(count, limit, { least: 0 })) all.push(await talk());
  return all.length > 0 ? all : [first];
}
