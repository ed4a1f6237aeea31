import type { ModelText } from '../model-text.ts';
import { byteLevelChars } from '../token-bytes.ts';
import { utf8Rest } from '../utf8-rest.ts';
import { KeptPromises } from './kept-promises.ts';
import type { Xgrammar } from './xgrammar-mask.ts';

/** A grammar takes up to a MB in memory. */
const keptGrammars = 8;

export type Vocabulary = Pick<ModelText, 'vocabularySize' | 'specialTokenIds' | 'tokenBytes'>;

export interface ReadVocabulary {
  /** The bytes of each token. Special tokens have none: they are in no text. */
  readonly tokens: readonly Uint8Array[];
  /** Each token as byte-level vocabularies write it, whatever this one is. */
  readonly words: readonly string[];
  /** The same for the same vocabulary, however often its model is opened. */
  readonly digest: string;
}

export async function readVocabulary(text: Vocabulary): Promise<ReadVocabulary> {
  const tokens = Array.from({ length: text.vocabularySize }, (_, id) =>
    text.specialTokenIds.has(id) ? new Uint8Array() : text.tokenBytes(id),
  );
  const words = tokens.map((bytes) => Array.from(bytes, (byte) => byteLevelChars[byte]).join(''));
  return { tokens, words, digest: await digestOf(words) };
}

type Info = Awaited<ReturnType<Xgrammar['TokenizerInfo']['createTokenizerInfo']>>;
type Compiler = Awaited<ReturnType<Xgrammar['GrammarCompiler']['createGrammarCompiler']>>;
type Compiled = Awaited<ReturnType<Compiler['compileGrammar']>>;

/** A vocabulary as XGrammar has it, and grammars that were compiled for it. */
export interface PreparedVocabulary {
  readonly info: Info;
  readonly tokens: readonly Uint8Array[];
  /** Tokens that hold parts of characters. */
  readonly partIds: readonly number[];
  /** Compiles a grammar, or finds it. Throws what XGrammar throws, which may hold the grammar. */
  compile(ebnf: string): Promise<Compiled>;
  /** What masks still use of it stays until they are freed. */
  free(): void;
}

export async function prepareVocabulary(
  { TokenizerInfo, GrammarCompiler }: Xgrammar,
  { words, tokens }: ReadVocabulary,
  stops: readonly number[],
): Promise<PreparedVocabulary> {
  const info = await TokenizerInfo.createTokenizerInfo(
    // A token that ends an answer is in none, even where the vocabulary takes it for text.
    words.map((word, id) => (stops.includes(id) ? '' : word)),
    'byte_level',
    false,
    words.length,
    [...stops],
  );
  // XGrammar's own cache of grammars has no limit.
  const compiler = await GrammarCompiler.createGrammarCompiler(info, false);
  const grammars = new KeptPromises<Compiled>({ most: keptGrammars, free: (grammar) => grammar.dispose() });
  return {
    info,
    tokens,
    partIds: [...tokens.keys()].filter((id) => utf8Rest([], tokens[id] ?? [])?.length !== 0),
    compile: (ebnf) => grammars.get(ebnf, () => compiler.compileGrammar(ebnf)),
    free() {
      grammars.clear();
      compiler.dispose();
      info.dispose();
    },
  };
}

async function digestOf(parts: readonly string[]): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(parts.join('\n')));
  return String.fromCharCode(...new Uint8Array(digest));
}
