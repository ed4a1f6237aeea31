/** How families of models write a call of a tool. */
export const toolFormats = ['hermes', 'qwen', 'llama'] as const;
export type ToolFormat = (typeof toolFormats)[number];
