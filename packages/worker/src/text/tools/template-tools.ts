import { type ChatRequest, OrillaError } from '@orilla/contract';

/** A tool as chat templates know it. */
export interface TemplateTool {
  readonly type: 'function';
  readonly function: { readonly name: string; readonly description?: string; readonly parameters?: unknown };
}

/**
 * The tools that a request lets the model call: all, the one it names, or none.
 * @throws OrillaError `capability.unsupported` for a tool that is no function; `protocol.bad-request` for what is no tool
 */
export function templateTools({
  tools,
  tool_choice: choice,
}: Pick<ChatRequest, 'tools' | 'tool_choice'>): readonly TemplateTool[] {
  if (!tools || choice === 'none') return [];
  if (!Array.isArray(tools)) throw badTools('tools', 'is no list');
  const all = tools.map((tool, index): TemplateTool => {
    const at = `tools[${index}]`;
    if (tool.type !== 'function') throw unsupported(`${at}.type`, 'is no function');
    const { name, description, parameters } = tool.function ?? {};
    if (typeof name !== 'string' || name === '') throw badTools(`${at}.function.name`, 'is no name');
    return {
      type: 'function',
      function: { name, ...(description !== undefined && { description }), ...(parameters && { parameters }) },
    };
  });
  if (typeof choice !== 'object' || choice === null) return all;
  if (choice.type !== 'function') throw unsupported('tool_choice', 'chooses something that is no function');
  const chosen = all.filter((tool) => tool.function.name === choice.function.name);
  if (chosen.length === 0) throw badTools('tool_choice', 'names a tool that is not among `tools`');
  return chosen;
}

function unsupported(param: string, why: string): OrillaError {
  return new OrillaError(
    'capability.unsupported',
    `The model on this device calls functions only: \`${param}\` ${why}.`,
    {
      advice: 'Leave it out, or let the relay answer.',
      param,
    },
  );
}

function badTools(param: string, why: string): OrillaError {
  return new OrillaError('protocol.bad-request', `The tools can't be used: \`${param}\` ${why}.`, {
    advice: 'Send tools as OpenAI has them: `{type: "function", function: {name, description, parameters}}`.',
    param,
  });
}
