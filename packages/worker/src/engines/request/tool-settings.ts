import type { ChatRequest } from '@orilla/contract';
import { isRecord } from './is-record.ts';
import { badField, unsupportedField } from './request-errors.ts';

export type FunctionTool = Extract<NonNullable<ChatRequest['tools']>[number], { type: 'function' }>;
export type FunctionChoice =
  | 'auto'
  | 'none'
  | 'required'
  | Extract<NonNullable<ChatRequest['tool_choice']>, { type: 'function' }>;

export interface ToolSettings {
  /** Empty where the answer must call none of them, so that the model is shown none. */
  readonly tools: readonly FunctionTool[];
  /** `none` where there are no tools. */
  readonly toolChoice: FunctionChoice;
  /** An answer may hold more than one call. */
  readonly parallelToolCalls: boolean;
}

/** The tools one of which the answer has to call; `null` where the model chooses whether it calls any. */
export function toolsToCall({
  tools,
  toolChoice,
}: Pick<ToolSettings, 'tools' | 'toolChoice'>): readonly FunctionTool[] | null {
  if (toolChoice === 'required') return tools;
  if (typeof toolChoice !== 'object') return null;
  return tools.filter((tool) => tool.function.name === toolChoice.function.name);
}

/** @throws OrillaError `capability.unsupported` for tools that are not functions, `protocol.bad-request` for what are none */
export function toolSettings(fields: Readonly<Record<string, unknown>>): ToolSettings {
  const tools = toolsOf(fields.tools);
  const toolChoice = toolChoiceOf(fields.tool_choice, tools);
  const parallelToolCalls = fields.parallel_tool_calls ?? true;
  if (typeof parallelToolCalls !== 'boolean') throw badField('parallel_tool_calls', 'must be true or false');
  return { tools: toolChoice === 'none' ? [] : tools, toolChoice, parallelToolCalls };
}

function toolsOf(value: unknown): readonly FunctionTool[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw badField('tools', 'must be a list');
  return value.map((tool: unknown) => {
    if (!isRecord(tool) || typeof tool.type !== 'string') throw badField('tools', 'must each have a type');
    if (tool.type !== 'function') throw unsupportedField('tools');
    const { function: given } = tool;
    if (!isRecord(given) || typeof given.name !== 'string' || !/^[\w-]{1,64}$/.test(given.name))
      throw badField('tools', 'must each have a name of letters, digits, _ and -');
    const { name, description, parameters } = given;
    if (description !== undefined && description !== null && typeof description !== 'string')
      throw badField('tools', 'must be described in text');
    if (parameters !== undefined && parameters !== null && !isRecord(parameters))
      throw badField('tools', 'must have a JSON schema for parameters');
    return {
      type: 'function' as const,
      function: { name, ...(description && { description }), ...(parameters && { parameters }) },
    };
  });
}

function toolChoiceOf(value: unknown, tools: readonly FunctionTool[]): FunctionChoice {
  if (value === undefined || value === null || value === 'auto') return tools.length > 0 ? 'auto' : 'none';
  if (value === 'none') return 'none';
  if (value === 'required') {
    if (tools.length === 0) throw badField('tool_choice', 'needs `tools` to choose from');
    return value;
  }
  if (!isRecord(value) || typeof value.type !== 'string') throw badField('tool_choice', 'must have a type');
  if (value.type !== 'function') throw unsupportedField('tool_choice');
  const name = isRecord(value.function) ? value.function.name : undefined;
  if (typeof name !== 'string' || !tools.some((tool) => tool.function.name === name))
    throw badField('tool_choice', 'must name one of `tools`');
  return { type: 'function', function: { name } };
}
