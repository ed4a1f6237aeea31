import { callTexts } from '../tools/call-text.ts';
import type { CallableTool } from '../tools/callable-tool.ts';
import type { ToolFormat } from '../tools/tool-format.ts';
import { ebnfLiteral } from './ebnf-literal.ts';
import { jsonRules } from './json-rules.ts';
import { ebnfOf, type SchemaGrammar, type SchemaOptions, schemaRules } from './schema-ebnf.ts';

/** An answer that is one call of one of these tools, as models of that family write it, and nothing else. */
export interface CallForm {
  readonly type: 'call';
  readonly toolFormat: ToolFormat;
  readonly tools: readonly CallableTool[];
}

/** Arguments of a tool without parameters, as OpenAI has it. */
export const noParameters = { type: 'object', properties: {}, additionalProperties: false } as const;

/** The grammar of such an answer. @throws SchemaError */
export function callEbnf({ toolFormat, tools }: CallForm, options: SchemaOptions): SchemaGrammar {
  const text = callTexts[toolFormat];
  if (!text) throw new TypeError(`A call in the format ${toolFormat} can't be forced.`);
  const made = tools.map(({ name, parameters }, index) => {
    const rule = `call${index}`;
    const { rules, longestText } = schemaRules(argumentsSchema(parameters), rule, options);
    // A rule of its own that names another, as each of several has to be: see `SchemaRules`.
    const tool = [
      `tool${index}`,
      `${ebnfLiteral(text.before(name))} ${rule} ${ebnfLiteral(text.after)} j-end`,
    ] as const;
    return { tool, rules, longestText };
  });
  const root = ['root', made.map(({ tool: [name] }) => name).join(' | ')] as const;
  return {
    ebnf: ebnfOf([root, ...made.flatMap(({ tool, rules }) => [tool, ...rules]), ...Object.entries(jsonRules)]),
    longestText: Math.min(...made.map(({ longestText }) => longestText)),
  };
}

/** The schema of a call's arguments: an object, also where the tool's own leaves it open. */
export function argumentsSchema(parameters: unknown): unknown {
  if (parameters === undefined || parameters === null) return noParameters;
  if (typeof parameters !== 'object' || Array.isArray(parameters)) return parameters;
  const isOpen = !['type', '$ref', 'anyOf', 'oneOf', 'allOf', 'const', 'enum'].some((key) => key in parameters);
  return isOpen ? { type: 'object', ...parameters } : parameters;
}
