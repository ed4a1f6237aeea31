import { type ChatRequest, OrillaError } from '@orilla/contract';
import { type CallForm, callEbnf } from './call-ebnf.ts';
import { jsonRules } from './json-rules.ts';
import { ebnfOf, type SchemaGrammar, type SchemaOptions, schemaEbnf } from './schema-ebnf.ts';
import { SchemaError } from './schema-keywords.ts';

/** What an answer has to be. */
export type AnswerForm = NonNullable<ChatRequest['response_format']> | CallForm;

/** One that is not just any text. */
export type GivenForm = Exclude<AnswerForm, { type: 'text' }>;

/** The grammar of such an answer. @throws OrillaError `protocol.bad-request` for a schema that none can be made of */
export function answerGrammar(form: GivenForm, options: SchemaOptions): SchemaGrammar {
  if (form.type === 'json_object') {
    const ebnf = ebnfOf([['root', 'j-object'], ...Object.entries(jsonRules)]);
    return { ebnf, longestText: Number.POSITIVE_INFINITY };
  }
  try {
    return form.type === 'call' ? callEbnf(form, options) : schemaEbnf(form.json_schema.schema ?? true, options);
  } catch (error) {
    if (error instanceof SchemaError) throw badSchema(form, error.message);
    throw error;
  }
}

export function badSchema({ type }: Pick<GivenForm, 'type'>, why: string): OrillaError {
  const param = type === 'call' ? 'tools' : 'response_format';
  return new OrillaError('protocol.bad-request', `No grammar can be made of the schema in \`${param}\`: ${why}.`, {
    advice:
      'Use a plainer JSON schema: types, properties, items, enum, lengths, counts, bounds, anyOf and $ref to $defs.',
    param,
  });
}
