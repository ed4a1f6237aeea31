import { loadCode } from '../../load-code.ts';
import { createNextTask } from '../../next-task.ts';
import { untilAborted } from '../../until-aborted.ts';
import { type AnswerForm, answerGrammar, badSchema } from './answer-grammar.ts';
import { KeptPromises } from './kept-promises.ts';
import {
  type PreparedVocabulary,
  prepareVocabulary,
  type ReadVocabulary,
  readVocabulary,
  type Vocabulary,
} from './prepared-vocabulary.ts';
import type { TokenMask } from './token-mask.ts';
import { type Xgrammar, xgrammarMask, xgrammarOf } from './xgrammar-mask.ts';

export interface MaskOptions {
  /** The tokens that may end the answer. */
  readonly stopTokenIds: Iterable<number>;
  /** Is heard between the steps of making a grammar, each of which takes the thread. */
  readonly signal: AbortSignal;
}

export type CompileTokenMask = (form: AnswerForm, text: Vocabulary, options: MaskOptions) => Promise<TokenMask | null>;

export interface MaskCompilerOptions {
  readonly load?: () => Promise<Xgrammar>;
}

const nextTask = createNextTask();

/** Each character of a length takes XGrammar milliseconds; longer texts are counted apart. */
const mostCounted = 64;

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
    const { ebnf, longestText } = answerGrammar(form, { mostCounted });
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
