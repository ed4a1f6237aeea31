import { StopScanner } from './stop-scanner.ts';
import { wholeCharacters } from './whole-characters.ts';

/** Text that may be told, and the tokens that it is the text of. */
export interface Tellable<Token> {
  readonly text: string;
  readonly tokens: readonly Token[];
}

/** The fewest tokens that hold whole characters together. Places are counted from the beginning of the answer, in UTF-16 units. */
interface Group<Token> {
  readonly tokens: Token[];
  readonly start: number;
  end: number;
  isWhole: boolean;
}

/** Holds tokens back until their text is sure: whole characters, and no beginning of a stop string. Tokens without text go with the next. */
export class TellableTokens<Token> {
  readonly #scanner: StopScanner;
  /** What the scanner was given beforehand. */
  readonly #before: number;
  #groups: Group<Token>[] = [];
  #text = '';
  #told = 0;
  #rest: Uint8Array = new Uint8Array();
  #stopAt: number | null = null;

  /** `before`: what is told already, so that a stop string is found that began in it. */
  constructor({ stop, before }: { readonly stop: readonly string[]; readonly before: string }) {
    this.#scanner = new StopScanner(stop);
    const longest = Math.max(0, ...stop.map(({ length }) => length));
    const end = longest < 2 ? '' : before.slice(1 - longest);
    this.#before = end.length;
    this.#scanner.push(end);
  }

  get isStopped(): boolean {
    return this.#stopAt !== null;
  }

  /** Takes a token, and gives what can be told now: up to a stop string, where one is found. */
  push(token: Token, bytes: Uint8Array): Tellable<Token> | null {
    const { text, rest } = wholeCharacters(joined(this.#rest, bytes));
    const group = this.#openGroup();
    group.tokens.push(token);
    group.end += text.length;
    group.isWhole = rest.length === 0 && group.end > group.start;
    this.#text += text;
    this.#rest = rest;
    const found = this.#scanner.push(text);
    if (found === null) return this.#tell(group.end - this.#scanner.held);
    this.#stopAt = Math.max(found - this.#before, this.#told);
    return this.end();
  }

  /** Gives what was held back. A character that only began is no text. */
  end(): Tellable<Token> | null {
    const end = this.#stopAt ?? this.#told + this.#text.length;
    const tokens = this.#groups.filter(({ start }) => start < end).flatMap((group) => group.tokens);
    const text = this.#text.slice(0, end - this.#told);
    this.#groups = [];
    this.#text = '';
    this.#told = end;
    return text === '' ? null : { text, tokens };
  }

  #openGroup(): Group<Token> {
    const last = this.#groups.at(-1);
    if (last && !last.isWhole) return last;
    const start = this.#told + this.#text.length;
    const group: Group<Token> = { tokens: [], start, end: start, isWhole: false };
    this.#groups.push(group);
    return group;
  }

  #tell(sure: number): Tellable<Token> | null {
    const waiting = this.#groups.findIndex(({ end, isWhole }) => !isWhole || end > sure);
    const groups = this.#groups.splice(0, waiting === -1 ? this.#groups.length : waiting);
    const end = groups.at(-1)?.end ?? this.#told;
    const text = this.#text.slice(0, end - this.#told);
    this.#text = this.#text.slice(text.length);
    this.#told = end;
    return text === '' ? null : { text, tokens: groups.flatMap(({ tokens }) => tokens) };
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.length === 0) return second;
  const bytes = new Uint8Array(first.length + second.length);
  bytes.set(first);
  bytes.set(second, first.length);
  return bytes;
}
