import { badSchema, type GivenForm } from '../../text/grammar/answer-grammar.ts';
import { schemaEbnf } from '../../text/grammar/schema-ebnf.ts';
import { SchemaError } from '../../text/grammar/schema-keywords.ts';

/** llama.cpp takes no more repetitions. */
const mostCounted = 2_000;

/**
 * A JSON schema as a grammar in llama.cpp's GBNF, of which our EBNF is a part. Its own way from schemas passes over what it doesn't know, such as
 * the bounds of a `number`, in silence: an answer would be said to be valid and be not.
 * @throws OrillaError `protocol.bad-request`
 */
export function schemaGrammar(schema: unknown, form: Pick<GivenForm, 'type'>): string {
  try {
    const { ebnf, longestText } = schemaEbnf(schema, { mostCounted });
    if (Number.isFinite(longestText)) throw new SchemaError('maxLength is too large');
    return ebnf;
  } catch (error) {
    if (error instanceof SchemaError) throw badSchema(form, error.message);
    throw error;
  }
}
