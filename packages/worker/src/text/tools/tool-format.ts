/** How families of models write a call of a tool: JSON between tags, twice; XML between those tags; JSON alone. */
export const toolFormats = ['hermes', 'qwen', 'qwen-coder', 'llama'] as const;
export type ToolFormat = (typeof toolFormats)[number];

/** A template that writes tools at all names them. */
export const takesTools = (template: string): boolean => /\btools\b/.test(template);

/** How a model with this template writes calls. One whose template knows no tools is asked for hermes's way. */
export function toolFormatOf(template: string): ToolFormat {
  if (!takesTools(template)) return 'hermes';
  if (template.includes('<function=')) return 'qwen-coder';
  if (template.includes('<tool_call>')) return template.includes('<|im_start|>') ? 'qwen' : 'hermes';
  return /<\|python_tag\|>|<\|start_header_id\|>/.test(template) ? 'llama' : 'hermes';
}
