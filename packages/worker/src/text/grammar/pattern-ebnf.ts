import { ebnfChar, ebnfLiteral } from './ebnf-literal.ts';
import { plainCharClass } from './json-rules.ts';

/** Writes that one of several may stand there. */
export type EitherEbnf = (choices: readonly string[]) => string;

/** Reached where a pattern says something that can't be said in the grammar. */
export class PatternError extends Error {}

/**
 * A regular expression of a JSON schema in EBNF, for the inside of a text in JSON. It matches the whole text, which is stricter than a schema
 * asks for. Known: characters, `.`, classes, groups, `|`, quantifiers, anchors at the ends, `\d`, `\w`, `\s` (a space) and escaped marks.
 * @throws PatternError for everything else
 */
export function patternEbnf(pattern: string, either: EitherEbnf): string {
  const reader = new PatternReader(pattern.replace(/^\^/, '').replace(/(?<!\\)((?:\\\\)*)\$$/, '$1'), either);
  return reader.all();
}

const classEscapes: Readonly<Record<string, string>> = { d: '0-9', w: 'a-zA-Z0-9_', s: ' ' };

class PatternReader {
  readonly #either: EitherEbnf;
  readonly #chars: readonly string[];
  #at = 0;

  constructor(pattern: string, either: EitherEbnf) {
    this.#either = either;
    this.#chars = [...pattern];
  }

  all(): string {
    const ebnf = this.#choices();
    if (this.#at < this.#chars.length) throw new PatternError('a group ends that has not begun');
    return ebnf;
  }

  #choices(): string {
    const choices = [this.#sequence()];
    while (this.#take('|')) choices.push(this.#sequence());
    return this.#either(choices.map((choice) => (choice === '' ? '""' : choice)));
  }

  #sequence(): string {
    const parts: string[] = [];
    for (;;) {
      const char = this.#chars[this.#at];
      if (char === undefined || char === '|' || char === ')') return parts.join(' ');
      this.#at += 1;
      parts.push(this.#item(char) + this.#quantifier());
    }
  }

  #item(char: string): string {
    if (char === '(') return this.#group();
    if (char === '[') return this.#class();
    if (char === '.') return plainCharClass;
    if (char === '\\') {
      const escaped = this.#next();
      const members = classEscapes[escaped];
      return members === undefined ? charEbnf(markOf(escaped)) : `[${members}]`;
    }
    if ('*+?{^$'.includes(char)) throw new PatternError('a mark is in a place where it means nothing here');
    return charEbnf(char);
  }

  #group(): string {
    if (this.#take('?') && !this.#take(':')) throw new PatternError('a group looks around');
    const inner = this.#choices();
    if (!this.#take(')')) throw new PatternError('a group does not end');
    return `(${inner})`;
  }

  #quantifier(): string {
    const char = this.#chars[this.#at] ?? '';
    let written = '';
    if (char !== '' && '*+?'.includes(char)) {
      this.#at += 1;
      written = char;
    } else if (char === '{') {
      const rest = this.#chars.slice(this.#at).join('');
      written = /^\{\d{1,4}(,(\d{1,4})?)?\}/.exec(rest)?.[0] ?? '';
      if (written === '') throw new PatternError('a count is none');
      this.#at += written.length;
    }
    // Lazy or not is a matter of searching: the texts are the same.
    if (written !== '') this.#take('?');
    return written;
  }

  /** XGrammar's classes are right for ASCII only, so that other characters are choices beside them. */
  #class(): string {
    const isNegated = this.#take('^');
    let members = '';
    const others: string[] = [];
    while (!this.#take(']')) {
      const from = this.#member();
      if (from.startsWith('set:')) {
        members += from.slice('set:'.length);
        continue;
      }
      const isRange = this.#chars[this.#at] === '-' && this.#chars[this.#at + 1] !== ']';
      if (isRange) this.#at += 1;
      const to = isRange ? this.#member() : from;
      if (to.startsWith('set:')) throw new PatternError('a range has no end');
      const range = rangeOf(from, to, { isNegated });
      if (isAscii(to)) members += range.length === 1 ? ebnfChar(from) : `${ebnfChar(from)}-${ebnfChar(to)}`;
      else if (isNegated) throw new PatternError('a class excludes what is not ASCII');
      else others.push(...range.map(ebnfLiteral));
    }
    if (isNegated) return `${plainCharClass.slice(0, -1)}${members}]`;
    const choices = members === '' ? others : [`[${members}]`, ...others];
    if (choices.length === 0) throw new PatternError('a class is empty');
    return `(${choices.join(' | ')})`;
  }

  /** A character of a class, or `set:` and what stands for several. */
  #member(): string {
    const char = this.#next();
    if (char === '[') throw new PatternError('a class is in a class');
    if (char !== '\\') return char;
    const escaped = this.#next();
    const members = classEscapes[escaped];
    return members === undefined ? markOf(escaped) : `set:${members}`;
  }

  #next(): string {
    const char = this.#chars[this.#at];
    if (char === undefined) throw new PatternError('it does not end');
    this.#at += 1;
    return char;
  }

  #take(char: string): boolean {
    if (this.#chars[this.#at] !== char) return false;
    this.#at += 1;
    return true;
  }
}

function markOf(escaped: string): string {
  if (/[A-Za-z0-9]/.test(escaped)) throw new PatternError('an escape is not known here');
  return escaped;
}

/** A character as JSON writes it within a text. */
function charEbnf(char: string): string {
  return ebnfLiteral(JSON.stringify(char).slice(1, -1));
}

const isAscii = (char: string) => (char.codePointAt(0) ?? 0) < 0x80;

const mostCharsInRange = 500;

/** @throws PatternError for a range that holds what JSON can't have in a text as it stands, that goes beyond ASCII, or is very long */
function rangeOf(from: string, to: string, { isNegated }: { readonly isNegated: boolean }): readonly string[] {
  const [low, high] = [from.codePointAt(0) ?? 0, to.codePointAt(0) ?? 0];
  const holds = (code: number) => low <= code && code <= high;
  if (low > high || high - low >= mostCharsInRange || isAscii(from) !== isAscii(to))
    throw new PatternError('a range is none, or too long');
  if (!isNegated && (low < 0x20 || holds(0x22) || holds(0x5c)))
    throw new PatternError('a class holds what JSON escapes');
  return Array.from({ length: high - low + 1 }, (_, index) => String.fromCodePoint(low + index));
}
