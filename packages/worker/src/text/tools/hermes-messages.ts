import type { TemplateMessage } from '../template-messages.ts';
import { taggedCall } from './call-text.ts';
import type { TemplateTool } from './template-tools.ts';

/**
 * Writes tools, their calls and their results into the texts of a conversation, for templates that know nothing of tools. The way of the
 * Hermes models (https://github.com/NousResearch/Hermes-Function-Calling), which others were trained on too.
 */
export function hermesMessages(
  messages: readonly TemplateMessage[],
  tools: readonly TemplateTool[],
): readonly Pick<TemplateMessage, 'role' | 'content'>[] {
  const texts = messages.map(hermesMessage);
  if (tools.length === 0) return texts;
  const [first, ...rest] = texts;
  if (first?.role !== 'system') return [{ role: 'system', content: toolsText(tools) }, ...texts];
  return [{ role: 'system', content: `${first.content}\n\n${toolsText(tools)}` }, ...rest];
}

function hermesMessage({
  role,
  content,
  tool_calls: calls,
}: TemplateMessage): Pick<TemplateMessage, 'role' | 'content'> {
  // Templates without tools know no such role; most of them refuse it.
  if (role === 'tool') return { role: 'user', content: `<tool_response>\n${content}\n</tool_response>` };
  if (!calls) return { role, content };
  const written = calls.map(({ function: { name, arguments: value } }) => {
    const json = typeof value === 'string' ? value : JSON.stringify(value);
    return `${taggedCall.before(name)}${json}${taggedCall.after}`;
  });
  return { role, content: [...(content === '' ? [] : [content]), ...written].join('\n') };
}

function toolsText(tools: readonly TemplateTool[]): string {
  return [
    'You can call functions to help with what the user asks. Their signatures are inside <tools></tools>:',
    '<tools>',
    ...tools.map((tool) => JSON.stringify(tool)),
    '</tools>',
    'To call a function, write a JSON object with its name and arguments inside <tool_call></tool_call>:',
    '<tool_call>',
    '{"name": <name of the function>, "arguments": <object with the arguments>}',
    '</tool_call>',
  ].join('\n');
}
