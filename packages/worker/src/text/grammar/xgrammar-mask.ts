import { OrillaError } from '@orilla/contract';
import { utf8Rest } from '../utf8-rest.ts';
import { noText, type TextLength, textLength } from './text-length.ts';
import type { TokenMask } from './token-mask.ts';

/** What is used of XGrammar. */
export type Xgrammar = Pick<
  typeof import('@mlc-ai/web-xgrammar'),
  'GrammarCompiler' | 'GrammarMatcher' | 'TokenizerInfo'
>;

type Matcher = Awaited<ReturnType<Xgrammar['GrammarMatcher']['createGrammarMatcher']>>;
type Compiled = Parameters<Xgrammar['GrammarMatcher']['createGrammarMatcher']>[0];

/** The package is a script that calls itself a module: where a bundler takes it at its word, it leaves its exports in the global scope. */
export function xgrammarOf(module: unknown): Xgrammar {
  const found = [module, Reflect.get(Object(module), 'default'), Reflect.get(globalThis, 'xgrammar')].find(isXgrammar);
  if (found) return found;
  throw new OrillaError(
    'engine.load-failed',
    'The part of the app that keeps answers to a schema is of an unknown kind.',
    {
      advice: 'Reload the page, or ask without `response_format`.',
    },
  );
}

function isXgrammar(value: unknown): value is Xgrammar {
  return typeof value === 'object' && value !== null && 'GrammarMatcher' in value && 'TokenizerInfo' in value;
}

export interface XgrammarMaskOptions {
  readonly grammar: Compiled;
  readonly info: ReturnType<Compiled['tokenizerInfo']>;
  readonly stopTokenIds: readonly number[];
  /** By id. */
  readonly tokens: readonly Uint8Array[];
  /** Those that hold parts of characters. */
  readonly partIds: readonly number[];
  /** Characters that no text in the answer may have more of, wherever it could end. */
  readonly longestText: number;
}

export async function xgrammarMask({ GrammarMatcher }: Xgrammar, options: XgrammarMaskOptions): Promise<TokenMask> {
  const { grammar, info } = options;
  // It asks the grammar for its vocabulary and never gives that back; this one is ours to give back.
  const matcher = await GrammarMatcher.createGrammarMatcher({
    handle: grammar.handle,
    dispose: () => undefined,
    grammar: () => grammar.grammar(),
    tokenizerInfo: () => info,
  });
  return new MatcherMask(matcher, options);
}

const quote = 0x22;

/** A list of numbers in XGrammar's memory. */
interface WasmVector {
  get(index: number): number;
  delete(): void;
}

interface MaskSource {
  GetNextTokenBitmask(vocabularySize: number): WasmVector;
}

class MatcherMask implements TokenMask {
  readonly #matcher: Matcher;
  readonly #source: MaskSource;
  readonly #stops: ReadonlySet<number>;
  readonly #tokens: readonly Uint8Array[];
  readonly #partIds: readonly number[];
  readonly #longestText: number;
  readonly #longestToken: number;
  readonly #words: Int32Array;
  #textLength: TextLength = noText;
  /** The bytes of a character that has begun. */
  #begun: readonly number[] = [];
  #isFilled = false;
  #isFree = false;

  constructor(matcher: Matcher, { stopTokenIds, tokens, partIds, longestText }: XgrammarMaskOptions) {
    this.#matcher = matcher;
    // The library's own way to the mask is a promise for what is there at once, and an engine's step has no place to wait in.
    this.#source = Reflect.get(matcher, 'handle');
    this.#stops = new Set(stopTokenIds);
    this.#tokens = tokens;
    this.#partIds = partIds;
    this.#longestText = longestText;
    this.#longestToken = tokens.reduce((most, { length }) => Math.max(most, length), 0);
    this.#words = new Int32Array(Math.ceil(tokens.length / 32));
  }

  fill(): Int32Array {
    if (this.#isFilled || this.#matcher.isTerminated()) return this.#words;
    const vector = this.#source.GetNextTokenBitmask(this.#tokens.length);
    for (let index = 0; index < this.#words.length; index += 1) this.#words[index] = vector.get(index);
    vector.delete();
    this.#forbidBrokenCharacters();
    this.#forbidLongTexts();
    this.#isFilled = true;
    return this.#words;
  }

  accept(id: number): void {
    // Asked for what it does not allow, XGrammar writes the token to the console.
    if (this.#matcher.isTerminated() || !this.#allows(id) || !this.#matcher.acceptToken(id))
      throw new OrillaError('engine.failed', 'The engine chose a token that the format of the answer does not allow.', {
        advice: 'Ask again.',
      });
    this.#textLength = textLength(this.#textLength, this.#bytesOf(id));
    this.#begun = utf8Rest(this.#begun, this.#bytesOf(id)) ?? [];
    this.#isFilled = false;
  }

  /** Near the limit only: to look at every token at every step would take milliseconds. Texts that are given, like names, go on to their end. */
  #forbidLongTexts(): void {
    const { isInText, isEscaped, length } = this.#textLength;
    if (!isInText || isEscaped || length + this.#longestToken <= this.#longestText) return;
    const allowed = [...this.#tokens.keys()].filter((id) => ((this.#words[id >> 5] ?? 0) >>> (id & 31)) & 1);
    if (!allowed.some((id) => this.#bytesOf(id)[0] === quote)) return;
    for (const id of allowed) {
      const { most } = textLength(this.#textLength, this.#bytesOf(id));
      if (most > this.#longestText) this.#words[id >> 5] = (this.#words[id >> 5] ?? 0) & ~(1 << (id & 31));
    }
  }

  #allows(id: number): boolean {
    return (((this.fill()[id >> 5] ?? 0) >>> (id & 31)) & 1) === 1;
  }

  /** XGrammar takes any bytes of the right shape for a character, those of none too, which readers turn into several. */
  #forbidBrokenCharacters(): void {
    for (const id of this.#partIds) {
      const word = this.#words[id >> 5] ?? 0;
      const bit = 1 << (id & 31);
      if (word & bit && !utf8Rest(this.#begun, this.#bytesOf(id))) this.#words[id >> 5] = word & ~bit;
    }
  }

  #bytesOf(id: number): Uint8Array {
    return this.#tokens[id] ?? new Uint8Array();
  }

  /** Where nothing but the end may come, the end need not be computed. */
  get isTerminated(): boolean {
    if (this.#matcher.isTerminated()) return true;
    const words = this.fill();
    let canEnd = false;
    for (let index = 0; index < words.length; index += 1) {
      const word = words[index] ?? 0;
      if (word === 0) continue;
      for (let bit = 0; bit < 32; bit += 1) {
        if (((word >>> bit) & 1) === 0) continue;
        if (!this.#stops.has(index * 32 + bit)) return false;
        canEnd = true;
      }
    }
    return canEnd;
  }

  free(): void {
    if (!this.#isFree) this.#matcher.dispose();
    this.#isFree = true;
  }
}
