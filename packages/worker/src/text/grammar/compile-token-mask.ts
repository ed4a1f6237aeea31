import { type ChatRequest, OrillaError } from '@orilla/contract';
import { loadCode } from '../../load-code.ts';
import { createNextTask } from '../../next-task.ts';
import { untilAborted } from '../../until-aborted.ts';
import { type CallForm, callEbnf } from './call-ebnf.ts';
import { jsonRules } from './json-rules.ts';
import { KeptPromises } from './kept-promises.ts';
import {
  type PreparedVocabulary,
  prepareVocabulary,
  type ReadVocabulary,
  readVocabulary,
  type Vocabulary,
} from './prepared-vocabulary.ts';
import { ebnfOf, type SchemaGrammar, schemaEbnf } from './schema-ebnf.ts';
import { SchemaError } from './schema-keywords.ts';
import type { TokenMask } from './token-mask.ts';
import { type Xgrammar, xgrammarMask, xgrammarOf } from './xgrammar-mask.ts';

export interface MaskOptions {
  /** The tokens that may end the answer. */
  readonly stopTokenIds: Iterable<number>;
  /** Is heard between the steps of making a grammar, each of which takes the thread. */
  readonly signal: AbortSignal;
}

/** What an answer has to be. */
export type AnswerForm = NonNullable<ChatRequest['response_format']> | CallForm;

export type CompileTokenMask = (form: AnswerForm, text: Vocabulary, options: MaskOptions) => Promise<TokenMask | null>;

export interface MaskCompilerOptions {
  readonly load?: () => Promise<Xgrammar>;
}

const nextTask = createNextTask();

/** A vocabulary takes some MB in memory. */
const keptVocabularies = 2;

/**
 * Makes the function that compiles masks, with the vocabularies and grammars that it keeps for the next request.
 *
 * The function gives `null` where the answer may be any text. It throws OrillaError `protocol.bad-request` for a schema that no grammar can
 * be made of, its own or that of a tool's arguments, `engine.load-failed` where XGrammar can't be loaded, and AbortError.
 */
export function createMaskCompiler({ load = loadXgrammar }: MaskCompilerOptions = {}): CompileTokenMask {
  const read = new WeakMap<Vocabulary, Promise<ReadVocabulary>>();
  const prepared = new KeptPromises<PreparedVocabulary>({
    most: keptVocabularies,
    free: (vocabulary) => vocabulary.free(),
  });
  return async (form, text, { stopTokenIds, signal }) => {
    if (form.type === 'text') return null;
    const { ebnf, longestText } = grammarOf(form);
    const step = async <T>(work: () => Promise<T>): Promise<T> => {
      await nextTask();
      signal.throwIfAborted();
      // Others may want it too, so that it goes on.
      return untilAborted(work(), { signal });
    };
    const xgrammar = await step(load);
    const vocabulary = await step(() => {
      const reading = read.get(text) ?? readVocabulary(text);
      read.set(text, reading);
      return reading;
    });
    const stops = [...stopTokenIds];
    const key = [vocabulary.digest, ...stops].join(' ');
    const { info, tokens, partIds, compile } = await step(() =>
      prepared.get(key, () => prepareVocabulary(xgrammar, vocabulary, stops)),
    );
    const grammar = await step(() =>
      compile(ebnf).catch(() => {
        // XGrammar's own words hold the grammar, and so the schema; they go no further.
        throw badSchema(form, 'it is too large');
      }),
    );
    return xgrammarMask(xgrammar, { grammar, info, tokens, partIds, stopTokenIds: stops, longestText });
  };
}

/** Of all requests, so that what they have in common is made once. */
export const compileTokenMask: CompileTokenMask = createMaskCompiler();

async function loadXgrammar(): Promise<Xgrammar> {
  return xgrammarOf(await loadCode(() => import('@mlc-ai/web-xgrammar')));
}

type GivenForm = Exclude<AnswerForm, { type: 'text' }>;

function grammarOf(form: GivenForm): SchemaGrammar {
  if (form.type === 'json_object') {
    const ebnf = ebnfOf([['root', 'j_object'], ...Object.entries(jsonRules)]);
    return { ebnf, longestText: Number.POSITIVE_INFINITY };
  }
  try {
    return form.type === 'call' ? callEbnf(form) : schemaEbnf(form.json_schema.schema ?? true);
  } catch (error) {
    if (error instanceof SchemaError) throw badSchema(form, error.message);
    throw error;
  }
}

function badSchema({ type }: GivenForm, why: string): OrillaError {
  const param = type === 'call' ? 'tools' : 'response_format';
  return new OrillaError('protocol.bad-request', `No grammar can be made of the schema in \`${param}\`: ${why}.`, {
    advice:
      'Use a plainer JSON schema: types, properties, items, enum, lengths, counts, bounds, anyOf and $ref to $defs.',
    param,
  });
}
