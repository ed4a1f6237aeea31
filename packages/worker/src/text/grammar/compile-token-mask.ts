import { type ChatRequest, OrillaError } from '@orilla/contract';
import { loadCode } from '../../load-code.ts';
import type { ModelText } from '../model-text.ts';
import { byteLevelChars } from '../token-bytes.ts';
import { utf8Rest } from '../utf8-rest.ts';
import { jsonRules } from './json-rules.ts';
import { SchemaError, type SchemaGrammar, schemaEbnf } from './schema-ebnf.ts';
import type { TokenMask } from './token-mask.ts';
import { type Xgrammar, xgrammarMask, xgrammarOf } from './xgrammar-mask.ts';

type Vocabulary = Pick<ModelText, 'vocabularySize' | 'specialTokenIds' | 'tokenBytes'>;

export interface MaskOptions {
  /** The tokens that may end the answer. */
  readonly stopTokenIds: Iterable<number>;
}

export type CompileTokenMask = (
  format: ChatRequest['response_format'],
  text: Vocabulary,
  options: MaskOptions,
) => Promise<TokenMask | null>;

export interface MaskCompilerOptions {
  readonly load?: () => Promise<Xgrammar>;
}

/** A vocabulary takes some MB in memory, and a grammar up to one. */
const keptVocabularies = 2;
const keptGrammars = 8;

type Compiler = Awaited<ReturnType<Xgrammar['GrammarCompiler']['createGrammarCompiler']>>;
type Compiled = Awaited<ReturnType<Compiler['compileGrammar']>>;
type Info = Awaited<ReturnType<Xgrammar['TokenizerInfo']['createTokenizerInfo']>>;

interface PreparedVocabulary {
  readonly info: Info;
  readonly tokens: readonly Uint8Array[];
  readonly partIds: readonly number[];
  readonly compiler: Compiler;
  readonly grammars: Map<string, Compiled>;
}

/**
 * Makes the function that compiles masks, with the vocabularies and grammars that it keeps for the next request.
 *
 * The function gives `null` where the answer may be any text. It throws OrillaError `protocol.bad-request` for a schema that no grammar can
 * be made of, and `engine.load-failed` where XGrammar can't be loaded.
 */
export function createMaskCompiler({ load = loadXgrammar }: MaskCompilerOptions = {}): CompileTokenMask {
  const vocabularies = new Map<string, Promise<PreparedVocabulary>>();
  const read: ReadVocabularies = new WeakMap();
  return async (format, text, { stopTokenIds }) => {
    if (!format || format.type === 'text') return null;
    const { ebnf, longestText } = grammarOf(format);
    const xgrammar = await load();
    const stops = [...stopTokenIds];
    const vocabulary = await (read.get(text) ?? readVocabulary(text, read));
    const key = [vocabulary.digest, ...stops].join(' ');
    const prepared = vocabularies.get(key) ?? prepare(xgrammar, vocabulary, stops);
    keep(vocabularies, key, prepared, {
      most: keptVocabularies,
      free: (old) => void old.then(freeVocabulary, () => undefined),
    });
    const { compiler, grammars, ...parts } = await prepared;
    const grammar = grammars.get(ebnf) ?? (await compile(compiler, ebnf));
    keep(grammars, ebnf, grammar, { most: keptGrammars, free: (old) => old.dispose() });
    return xgrammarMask(xgrammar, { grammar, stopTokenIds: stops, longestText, ...parts });
  };
}

/** Of all requests, so that what they have in common is made once. */
export const compileTokenMask: CompileTokenMask = createMaskCompiler();

async function loadXgrammar(): Promise<Xgrammar> {
  return xgrammarOf(await loadCode(() => import('@mlc-ai/web-xgrammar')));
}

function grammarOf(format: NonNullable<ChatRequest['response_format']>): SchemaGrammar {
  if (format.type !== 'json_schema') {
    const rules = Object.entries({ root: 'j_object', ...jsonRules });
    const ebnf = rules.map(([name, body]) => `${name} ::= ${body}`).join('\n');
    return { ebnf, longestText: Number.POSITIVE_INFINITY };
  }
  try {
    return schemaEbnf(format.json_schema.schema ?? true);
  } catch (error) {
    if (error instanceof SchemaError) throw badSchema(error.message);
    throw error;
  }
}

async function compile(compiler: Compiler, ebnf: string): Promise<Compiled> {
  try {
    return await compiler.compileGrammar(ebnf);
  } catch {
    // XGrammar's own words hold the grammar, and so the schema; they go no further.
    throw badSchema('it is too large, or refers to itself without an end');
  }
}

function badSchema(why: string): OrillaError {
  return new OrillaError(
    'protocol.bad-request',
    `No grammar can be made of the schema in \`response_format\`: ${why}.`,
    {
      advice:
        'Use a plainer JSON schema: types, properties, items, enum, lengths, counts, bounds, anyOf and $ref to $defs.',
      param: 'response_format',
    },
  );
}

interface ReadVocabulary {
  /** The bytes of each token. Special tokens have none: they are in no text. */
  readonly tokens: readonly Uint8Array[];
  /** Each token as byte-level vocabularies write it, whatever this one is. */
  readonly words: readonly string[];
  /** The same for the same vocabulary, however often its model is opened. */
  readonly digest: string;
}

type ReadVocabularies = WeakMap<Vocabulary, Promise<ReadVocabulary>>;

function readVocabulary(text: Vocabulary, read: ReadVocabularies): Promise<ReadVocabulary> {
  const tokens = Array.from({ length: text.vocabularySize }, (_, id) =>
    text.specialTokenIds.has(id) ? new Uint8Array() : text.tokenBytes(id),
  );
  const words = tokens.map((bytes) => Array.from(bytes, (byte) => byteLevelChars[byte]).join(''));
  const reading = digestOf(words).then((digest) => ({ tokens, words, digest }));
  read.set(text, reading);
  return reading;
}

async function prepare(
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
  const partIds = [...tokens.keys()].filter((id) => utf8Rest([], tokens[id] ?? [])?.length !== 0);
  return { info, compiler, tokens, partIds, grammars: new Map() };
}

/** What masks still use of it stays until they are freed. */
function freeVocabulary({ info, compiler, grammars }: PreparedVocabulary): void {
  for (const grammar of grammars.values()) grammar.dispose();
  compiler.dispose();
  info.dispose();
}

async function digestOf(parts: readonly string[]): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(parts.join('\n')));
  return String.fromCharCode(...new Uint8Array(digest));
}

/** Puts what was used last behind the others, and lets the first go where there are too many. */
function keep<Value>(
  map: Map<string, Value>,
  key: string,
  value: Value,
  { most, free }: { readonly most: number; readonly free: (value: Value) => void },
): void {
  map.delete(key);
  map.set(key, value);
  for (const [oldKey, old] of map) {
    if (map.size <= most) return;
    map.delete(oldKey);
    free(old);
  }
}
