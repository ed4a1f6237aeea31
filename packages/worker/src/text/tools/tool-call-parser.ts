import { CallScanner } from './call-scanner.ts';
import type { CallableTool } from './callable-tool.ts';
import type { ToolFormat } from './tool-format.ts';
import { type ParameterSchemas, XmlCallScanner } from './xml-call-scanner.ts';

/**
 * A piece of what a model wrote: text, or a part of a call, as in the `TokenEvent` of that name. `end` is how far into all that was
 * pushed the piece reaches, in UTF-16 units.
 */
export type AnswerPiece =
  | { readonly type: 'text'; readonly text: string; readonly end: number }
  | {
      readonly type: 'tool-call';
      readonly index: number;
      readonly id?: string;
      readonly name?: string;
      readonly argumentsText: string;
      readonly end: number;
    };

/** Tells calls of tools from text while it comes. For one answer. */
export interface ToolCallParser {
  /** Special tokens that are written as one of these are text for it. */
  readonly marks: readonly string[];
  /** How many calls have begun. */
  readonly calls: number;
  /** The last call has broken off within its arguments. Known at the end. */
  readonly isBroken: boolean;
  push(text: string): readonly AnswerPiece[];
  /** What it still held back. */
  end(): readonly AnswerPiece[];
}

/** How a family frames its calls. */
interface CallFrame {
  readonly open: string;
  readonly close: string;
  /** A call may stand at the beginning of an answer, or behind another call, without a mark. */
  readonly isBare: boolean;
  /** What may stand between two calls. */
  readonly between: RegExp;
  readonly isXml?: boolean;
}

const taggedCalls: CallFrame = { open: '<tool_call>', close: '</tool_call>', isBare: false, between: /\s/ };

const frames: Readonly<Record<ToolFormat, CallFrame>> = {
  hermes: taggedCalls,
  qwen: taggedCalls,
  'qwen-coder': { ...taggedCalls, isXml: true },
  llama: { open: '<|python_tag|>', close: '', isBare: true, between: /[\s;]/ },
};

type Scanner = CallScanner | XmlCallScanner;

export interface ToolCallParserOptions {
  /** Makes the id of a call. */
  readonly newId?: () => string;
  /** What may be called: where a family writes all values as text, its parameters tell what they are. */
  readonly tools?: readonly CallableTool[];
}

/**
 * Makes a parser for the way in which a family of models writes calls. A call is told once its name is known and its arguments begin, and
 * its arguments as they come. What is not one after all is text, its marks included; white space around a call is no text.
 */
export function toolCallParser(
  format: ToolFormat,
  { newId = newCallId, tools = [] }: ToolCallParserOptions = {},
): ToolCallParser {
  const frame = frames[format];
  const parametersOf = (name: string) => propertiesOf(tools.find((tool) => tool.name === name)?.parameters);
  const makeScanner = (demandsArguments: boolean) =>
    frame.isXml ? new XmlCallScanner({ parametersOf }) : new CallScanner({ demandsArguments });
  return new FramedCalls(frame, { newId, makeScanner });
}

function propertiesOf(schema: unknown): ParameterSchemas {
  const properties: unknown = typeof schema === 'object' && schema !== null ? Reflect.get(schema, 'properties') : null;
  return typeof properties === 'object' && properties !== null ? { ...properties } : {};
}

function newCallId(): string {
  return `call_${crypto.randomUUID().replaceAll('-', '').slice(0, 24)}`;
}

class FramedCalls implements ToolCallParser {
  readonly marks: readonly string[];
  calls = 0;
  isBroken = false;
  readonly #frame: CallFrame;
  readonly #newId: () => string;
  readonly #makeScanner: (demandsArguments: boolean) => Scanner;
  /** What was pushed and is not told or left out yet. While a call has not begun, that is all of it, its mark included. */
  #held = '';
  #heldFrom = 0;
  #state: 'text' | 'call' | 'behind' = 'text';
  #scanner: Scanner | null = null;
  /** How much of `#held` is text for sure if it is no call, and how much of it was scanned. */
  #markLength = 0;
  #scanned = 0;
  #isTold = false;
  /** Nothing but calls has come so far; since the last call nothing but what may stand between two. */
  #isFirst = true;
  #isBehindCall = false;

  constructor(
    frame: CallFrame,
    how: { readonly newId: () => string; readonly makeScanner: (demandsArguments: boolean) => Scanner },
  ) {
    this.#frame = frame;
    this.#newId = how.newId;
    this.#makeScanner = how.makeScanner;
    this.marks = [frame.open, frame.close].filter((mark) => mark !== '');
  }

  push(text: string): readonly AnswerPiece[] {
    this.#held += text;
    return [...this.#read({ isEnd: false })];
  }

  end(): readonly AnswerPiece[] {
    return [...this.#read({ isEnd: true })];
  }

  /** Takes from what is held as much as is sure. Each step either takes something, changes the state, or waits for more. */
  *#read({ isEnd }: { readonly isEnd: boolean }): Iterable<AnswerPiece> {
    for (;;) {
      const before = `${this.#state} ${this.#held.length} ${this.#scanner !== null}`;
      if (this.#state === 'text') yield* this.#readText(isEnd);
      else if (this.#state === 'call') yield* this.#readCall(isEnd);
      else this.#readBehind(isEnd);
      if (before === `${this.#state} ${this.#held.length} ${this.#scanner !== null}`) return;
    }
  }

  *#readText(isEnd: boolean): Iterable<AnswerPiece> {
    const { open, between, isBare } = this.#frame;
    const markAt = this.#held.indexOf(open);
    const gap = this.#isBehindCall ? between : /\s/;
    const first = [...this.#held].findIndex((char) => !gap.test(char));
    if (isBare && (this.#isFirst || this.#isBehindCall) && this.#held[first] === '{') {
      this.#beginCall(first, { isBare: true });
    } else if (markAt !== -1) {
      yield* this.#tellText(this.#lengthWithoutGap(markAt));
      this.#beginCall(this.#held.indexOf(open) + open.length, { isBare: false });
    } else if (!isEnd) {
      yield* this.#tellText(this.#lengthWithoutGap(this.#held.length - begunMark(this.#held, open)));
    } else if (this.#isBehindCall && first === -1) {
      this.#drop(this.#held.length);
    } else {
      yield* this.#tellText(this.#held.length);
    }
  }

  *#readCall(isEnd: boolean): Iterable<AnswerPiece> {
    const scanner = this.#scanner;
    if (!scanner) return;
    let step: 'more' | 'done' | 'malformed' = 'more';
    while (step === 'more' && this.#scanned < this.#held.length) {
      step = scanner.push(this.#held.charAt(this.#scanned));
      if (step !== 'malformed') this.#scanned += 1;
    }
    if (scanner.hasBegun) yield* this.#tellCall(scanner);
    if (step === 'more' && !isEnd) return;
    this.isBroken = this.#isTold && !scanner.isWhole;
    this.#scanner = null;
    this.#state = step === 'done' ? 'behind' : 'text';
    // A call that is out can't be taken back, but what follows is text again. One that is not never was a call.
    if (!this.#isTold) yield* this.#tellText(this.#markLength);
  }

  #readBehind(isEnd: boolean): void {
    const { close } = this.#frame;
    const rest = close === '' ? '' : this.#held.trimStart();
    if (rest.length < close.length && close.startsWith(rest) && !isEnd) return;
    if (close !== '' && rest.startsWith(close)) this.#drop(this.#held.length - rest.length + close.length);
    this.#state = 'text';
  }

  /** `from`: where its object begins, behind a mark if there is one. What is before that is left out only if it is a call. */
  #beginCall(from: number, { isBare }: { readonly isBare: boolean }): void {
    this.#scanner = this.#makeScanner(isBare);
    this.#state = 'call';
    this.#isTold = false;
    this.#markLength = isBare ? from + 1 : from;
    this.#scanned = from;
  }

  *#tellCall(scanner: Scanner): Iterable<AnswerPiece> {
    this.#drop(this.#scanned);
    this.#scanned = 0;
    const argumentsText = scanner.takeArguments();
    const isNew = !this.#isTold;
    if (isNew) this.calls += 1;
    this.#isTold = true;
    this.#isFirst = false;
    this.#isBehindCall = true;
    if (!isNew && argumentsText === '') return;
    const index = this.calls - 1;
    const head = isNew && scanner.name !== null ? { id: this.#newId(), name: scanner.name } : {};
    yield { type: 'tool-call', index, ...head, argumentsText, end: this.#heldFrom };
  }

  *#tellText(length: number): Iterable<AnswerPiece> {
    if (length === 0) return;
    const text = this.#held.slice(0, length);
    this.#drop(length);
    this.#isFirst = false;
    this.#isBehindCall = false;
    yield { type: 'text', text, end: this.#heldFrom };
  }

  #drop(length: number): void {
    this.#held = this.#held.slice(length);
    this.#heldFrom += length;
  }

  /** Without what may be left out if a call follows. */
  #lengthWithoutGap(length: number): number {
    const text = this.#held.slice(0, length);
    const isGap = this.#isBehindCall && [...text].every((char) => this.#frame.between.test(char));
    return isGap ? 0 : text.trimEnd().length;
  }
}

/** How much of the end of a text may be the beginning of a mark. */
function begunMark(text: string, mark: string): number {
  for (let length = Math.min(mark.length - 1, text.length); length > 0; length -= 1)
    if (text.endsWith(mark.slice(0, length))) return length;
  return 0;
}
