import type { ToolFormat } from './tool-format.ts';

/** What a model writes around the arguments of a call. */
export interface CallText {
  readonly before: (name: string) => string;
  readonly after: string;
}

export const taggedCall: CallText = {
  before: (name) => `<tool_call>\n{"name": ${JSON.stringify(name)}, "arguments": `,
  after: '}\n</tool_call>',
};

/** Of the families whose arguments are one JSON object. */
export const callTexts: Readonly<Partial<Record<ToolFormat, CallText>>> = {
  hermes: taggedCall,
  qwen: taggedCall,
  llama: { before: (name) => `{"name": ${JSON.stringify(name)}, "parameters": `, after: '}' },
};
