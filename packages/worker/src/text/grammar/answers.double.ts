import type { ModelText } from '../model-text.ts';
import type { TokenMask } from './token-mask.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);

/** A small vocabulary: an end, every byte, words that go across what a grammar cuts, and a beginning that is in no text. */
const pieces: readonly Uint8Array[] = [
  utf8('<end>'),
  ...Array.from({ length: 256 }, (_, byte) => Uint8Array.of(byte)),
  ...['{"', '": ', '", "', '"}', '"]', ', ', 'true', 'false', 'null', 'é', '12', '00', '\\"', '}}', '<start>'].map(
    utf8,
  ),
];

export const endId = 0;

/** Of requests that nobody leaves. */
export const stops = { stopTokenIds: [endId], signal: new AbortController().signal };

export const answerVocabulary: Pick<ModelText, 'vocabularySize' | 'specialTokenIds' | 'tokenBytes'> = {
  vocabularySize: pieces.length,
  specialTokenIds: new Set([endId, pieces.length - 1]),
  tokenBytes: (id) => pieces[id] ?? new Uint8Array(),
};

export function allowedIds(mask: TokenMask, { vocabularySize }: Sized = answerVocabulary): readonly number[] {
  const words = mask.fill();
  const ids = Array.from({ length: vocabularySize }, (_, id) => id);
  return ids.filter((id) => !words || ((words[id >> 5] ?? 0) >>> (id & 31)) & 1);
}

type Sized = Pick<ModelText, 'vocabularySize'>;

export interface WalkOptions {
  /** Tokens. */
  readonly most?: number;
  readonly vocabulary?: Pick<ModelText, 'vocabularySize' | 'specialTokenIds' | 'tokenBytes'>;
}

/** Chooses among what is allowed until the answer ends. `null`: it has not after so many tokens. */
export function randomAnswer(
  mask: TokenMask,
  random: () => number,
  { most = 600, vocabulary = answerVocabulary }: WalkOptions = {},
): string | null {
  const bytes: number[] = [];
  for (let count = 0; count < most && !mask.isTerminated; count += 1) {
    const ids = allowedIds(mask, vocabulary);
    const id = ids[Math.floor(random() * ids.length)];
    if (id === undefined) throw new Error('Nothing is allowed.');
    if (!vocabulary.specialTokenIds.has(id)) bytes.push(...vocabulary.tokenBytes(id));
    mask.accept(id);
  }
  return mask.isTerminated ? new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(bytes)) : null;
}

/** Chooses tokens that spell a text; gives how much of it was allowed. */
export function spell(mask: TokenMask, text: string): { readonly accepted: string; readonly canEnd: boolean } {
  let accepted = '';
  for (const char of text) {
    for (const byte of utf8(char)) {
      const id = pieces.findIndex((piece) => piece.length === 1 && piece[0] === byte);
      if (!allowedIds(mask).includes(id)) return { accepted, canEnd: false };
      mask.accept(id);
    }
    accepted += char;
  }
  return { accepted, canEnd: allowedIds(mask).includes(endId) };
}
