/** Why a text is refused as a request body, and where: an offset in UTF-16 units. */
export interface JsonFault {
  readonly kind: 'syntax' | 'duplicate-key' | 'too-deep';
  readonly position: number;
}

const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const literals = ['true', 'false', 'null'] as const;
/** Objects with more keys than this look their keys up in a set. */
const smallObjectKeys = 12;

const space = 0x20;
const tab = 0x09;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const quote = 0x22;
const comma = 0x2c;
const colon = 0x3a;
const openBracket = 0x5b;
const backslash = 0x5c;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

type Expecting = 'value' | 'value-or-end' | 'key' | 'key-or-end' | 'colon' | 'comma-or-end' | 'nothing';

/**
 * Finds what `JSON.parse` would let pass but two readers of one body may read differently (a key that stands twice), what
 * could exhaust a stack further on (nesting), and the position of a syntax error, which `JSON.parse` tells only together
 * with the text around it. Needs one pass and, for a body of few keys, next to no memory: long strings are skipped by search.
 *
 * With `checkStrings` it also looks inside strings, for control characters and bad escapes; without, `JSON.parse` has to.
 */
export function findJsonFault(
  text: string,
  options: { readonly maxDepth: number; readonly checkStrings?: boolean },
): JsonFault | null {
  const { maxDepth, checkStrings = false } = options;
  /** One entry an open container: the keys of an object, `null` for an array. */
  const open: (KeySet | null)[] = [];
  let expecting: Expecting = 'value';
  let at = 0;

  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === space || code === lineFeed || code === carriageReturn || code === tab) {
      at++;
    } else if (expecting === 'colon') {
      if (code !== colon) return syntax(at);
      expecting = 'value';
      at++;
    } else if (expecting === 'comma-or-end' && code === comma) {
      expecting = open.at(-1) ? 'key' : 'value';
      at++;
    } else if (code === closeBrace || code === closeBracket) {
      const mayEnd =
        expecting === 'comma-or-end' || expecting === (code === closeBrace ? 'key-or-end' : 'value-or-end');
      if (!mayEnd || open.length === 0 || (open.at(-1) !== null) !== (code === closeBrace)) return syntax(at);
      open.pop();
      expecting = open.length === 0 ? 'nothing' : 'comma-or-end';
      at++;
    } else if (expecting === 'key' || expecting === 'key-or-end') {
      if (code !== quote) return syntax(at);
      const end = endOfString(text, at + 1);
      if (end === -1) return syntax(text.length);
      if (checkStrings) {
        const bad = badCharacter(text, at + 1, end);
        if (bad !== -1) return syntax(bad);
      }
      if (open.at(-1)?.add(keyOf(text, at + 1, end)) === false) return { kind: 'duplicate-key', position: at };
      expecting = 'colon';
      at = end + 1;
    } else if (expecting === 'value' || expecting === 'value-or-end') {
      if (code === openBrace || code === openBracket) {
        if (open.length >= maxDepth) return { kind: 'too-deep', position: at };
        open.push(code === openBrace ? new KeySet() : null);
        expecting = code === openBrace ? 'key-or-end' : 'value-or-end';
        at++;
        continue;
      }
      const end: number = code === quote ? endOfString(text, at + 1) : endOfScalar(text, at);
      if (end === -1) return syntax(code === quote ? text.length : at);
      if (checkStrings && code === quote) {
        const bad = badCharacter(text, at + 1, end);
        if (bad !== -1) return syntax(bad);
      }
      expecting = open.length === 0 ? 'nothing' : 'comma-or-end';
      at = code === quote ? end + 1 : end;
    } else {
      return syntax(at);
    }
  }
  return expecting === 'nothing' ? null : syntax(text.length);
}

/** The keys of one object. */
class KeySet {
  readonly #few: string[] = [];
  #many: Set<string> | undefined;

  /** `false` where the key was there already. */
  add(key: string): boolean {
    if (this.#many) {
      if (this.#many.has(key)) return false;
      this.#many.add(key);
      return true;
    }
    if (this.#few.includes(key)) return false;
    this.#few.push(key);
    if (this.#few.length > smallObjectKeys) this.#many = new Set(this.#few);
    return true;
  }
}

/** The key as a reader sees it: `"\u006eame"` and `"name"` are the same key. */
function keyOf(text: string, start: number, end: number): string {
  const raw = text.slice(start, end);
  if (!raw.includes('\\')) return raw;
  if (badCharacter(text, start, end) !== -1) return raw; // JSON.parse refuses the whole text for it
  return JSON.parse(`"${raw}"`);
}

/** Index of the quote that ends the string, or -1. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start);
  while (end !== -1 && isEscaped(text, end, start)) end = text.indexOf('"', end + 1);
  return end;
}

function isEscaped(text: string, at: number, start: number): boolean {
  let first = at;
  while (first > start && text.charCodeAt(first - 1) === backslash) first--;
  return (at - first) % 2 === 1;
}

/** Index after the number or word that begins here, or -1. */
function endOfScalar(text: string, at: number): number {
  number.lastIndex = at;
  if (number.test(text)) return number.lastIndex;
  for (const literal of literals) if (text.startsWith(literal, at)) return at + literal.length;
  return -1;
}

const escapeSequence = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/** Index of the first character between the quotes that JSON doesn't allow there, or -1. */
function badCharacter(text: string, start: number, end: number): number {
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code < space) return at;
    if (code !== backslash) continue;
    escapeSequence.lastIndex = at;
    if (!escapeSequence.test(text) || escapeSequence.lastIndex > end) return at;
    at = escapeSequence.lastIndex - 1;
  }
  return -1;
}

const syntax = (position: number): JsonFault => ({ kind: 'syntax', position });
