/** Turns tokens into text as they come. A character that is spread over several tokens is shown once it is whole. */
export interface Detokenizer {
  push(token: number): string;
}

/** Bytes of one character in UTF-8, and so the most tokens that one can be spread over. */
const maxTokensOfCharacter = 4;
/** Bounds the work where no token ends where a character does. */
const maxPending = 64;
/** What a decoder writes where bytes aren't (yet) a character. */
const replacement = '\uFFFD';

/**
 * `decode` gives the text of some tokens that follow others. What remains incomplete at the end is dropped:
 * a character cut in half by the token limit is no character.
 */
export function createDetokenizer(
  decode: (tokens: readonly number[], before: readonly number[]) => string,
  before: readonly number[] = [],
): Detokenizer {
  let context = before.slice(-maxTokensOfCharacter);
  let pending: number[] = [];
  let shown = 0;
  let withoutProgress = 0;
  return {
    push(token) {
      pending.push(token);
      const text = decode(pending, context);
      const whole = lengthOfWhole(text);
      withoutProgress = whole > shown ? 0 : withoutProgress + 1;
      // A model may also write bytes that never become a character: those are not waited for without end.
      const isGivenUp = withoutProgress >= maxTokensOfCharacter || pending.length >= maxPending;
      if (whole < text.length && !isGivenUp) {
        const piece = text.slice(shown, whole);
        shown = Math.max(shown, whole);
        return piece;
      }
      const piece = text.slice(shown);
      context = [...context, ...pending].slice(-maxTokensOfCharacter);
      pending = [];
      shown = 0;
      withoutProgress = 0;
      return piece;
    },
  };
}

/** The text's length up to the incomplete character at its end. */
function lengthOfWhole(text: string): number {
  let end = text.length;
  while (end > 0 && text[end - 1] === replacement) end--;
  return end;
}
