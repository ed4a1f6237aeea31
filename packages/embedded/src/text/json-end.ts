/** Watches a JSON text that comes in pieces for its end. */
export interface JsonEnd {
  /** Takes the next piece; gives what of it belongs to the value. After `ended` is true nothing more does. */
  push(piece: string): string;
  readonly ended: boolean;
}

const space = /\s/;

/**
 * The library's grammars let white space follow a value without end, and a small model goes on with it until its limit: an answer under a
 * grammar is over when its value is. A number at the top is over with the first character that is none of it.
 */
export function createJsonEnd(): JsonEnd {
  let depth = 0;
  let isText = false;
  let isEscaped = false;
  let hasBegun = false;
  let ended = false;

  /** Whether the value is over after this character, or before it. */
  const step = (character: string): 'on' | 'after' | 'before' => {
    if (isText) {
      if (isEscaped) isEscaped = false;
      else if (character === '\\') isEscaped = true;
      else if (character === '"') {
        isText = false;
        return depth === 0 ? 'after' : 'on';
      }
      return 'on';
    }
    if (space.test(character)) return hasBegun && depth === 0 ? 'before' : 'on';
    hasBegun = true;
    if (character === '"') isText = true;
    else if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') {
      depth -= 1;
      if (depth === 0) return 'after';
    }
    return 'on';
  };

  return {
    push(piece) {
      if (ended) return '';
      for (const [at, character] of [...piece].entries()) {
        const where = step(character);
        if (where === 'on') continue;
        ended = true;
        return [...piece].slice(0, where === 'after' ? at + 1 : at).join('');
      }
      return piece;
    },
    get ended() {
      return ended;
    },
  };
}
