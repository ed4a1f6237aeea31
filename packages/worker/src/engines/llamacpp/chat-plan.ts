import { type ChatRequest, OrillaError } from '@orilla/contract';
import type { ChatCompletionMessage, ChatCompletionParams } from '@wllama/wllama/esm/index.js';
import { type TemplateMessage, templateMessages } from '../../text/template-messages.ts';
import { hermesMessages } from '../../text/tools/hermes-messages.ts';
import { takesTools } from '../../text/tools/tool-format.ts';
import type { SamplingSettings } from '../request/sampling-settings.ts';
import type { FunctionTool } from '../request/tool-settings.ts';

/** What llama.cpp is asked, beside how to sample. */
export interface ChatPlan {
  readonly chat: Pick<ChatCompletionParams, 'messages' | 'tools' | 'tool_choice' | 'response_format'> & {
    readonly parallel_tool_calls?: boolean;
  };
  /**
   * Who tells calls of tools from text: nobody; llama.cpp, for templates that know tools; or we: calls then stand in the text in
   * Hermes's way, or are all that there is (`forced`).
   */
  readonly calls: 'none' | 'native' | 'in-text' | 'forced';
}

/**
 * Plans how a request is put to llama.cpp. Where the model's template knows no tools, llama.cpp would drop them in silence:
 * then they are written into the messages, and a call that must come is written by a grammar.
 * @throws OrillaError `capability.unsupported`, `protocol.bad-request`
 */
export function chatPlan(
  request: ChatRequest,
  { tools, toolChoice, parallelToolCalls, responseFormat }: SamplingSettings,
  { template }: { readonly template: string | null },
): ChatPlan {
  const messages = templateMessages(request.messages);
  const format = responseFormat.type === 'text' ? {} : { response_format: responseFormat };
  const hasCalls = tools.length > 0 || messages.some(({ role, tool_calls: calls }) => role === 'tool' || calls);
  if (!hasCalls) return { chat: { messages: messages.map(plainMessage), ...format }, calls: 'none' };
  if (tools.length > 0 && responseFormat.type !== 'text')
    throw new OrillaError('capability.unsupported', 'The engine takes either tools or a response format.', {
      advice: 'Leave one of them out, or let the relay answer.',
      param: 'response_format',
    });
  const chosen = typeof toolChoice === 'string' ? tools : tools.filter((tool) => isNamed(tool, toolChoice));
  const isForced = toolChoice === 'required' || typeof toolChoice === 'object';
  if (template !== null && takesTools(template)) {
    const shown = {
      tools: chosen.map(nativeTool),
      tool_choice: isForced ? ('required' as const) : ('auto' as const),
      parallel_tool_calls: parallelToolCalls,
    };
    const chat = { messages: messages.map(nativeMessage), ...format, ...(chosen.length > 0 && shown) };
    return { chat, calls: chosen.length > 0 ? 'native' : 'none' };
  }
  const written = hermesMessages(messages, chosen).map(plainMessage);
  if (!isForced) return { chat: { messages: written, ...format }, calls: chosen.length > 0 ? 'in-text' : 'none' };
  return { chat: { messages: written, response_format: callFormat(chosen) }, calls: 'forced' };
}

const isNamed = (tool: FunctionTool, choice: { readonly function: { readonly name: string } }) =>
  tool.function.name === choice.function.name;

/** The JSON of one call. */
function callFormat(tools: readonly FunctionTool[]): NonNullable<ChatCompletionParams['response_format']> {
  const calls = tools.map(({ function: { name, parameters } }) => ({
    type: 'object',
    properties: { name: { const: name }, arguments: parameters ?? { type: 'object' } },
    required: ['name', 'arguments'],
    additionalProperties: false,
  }));
  return {
    type: 'json_schema',
    json_schema: { name: 'call', schema: calls.length === 1 ? calls[0] : { anyOf: calls } },
  };
}

function plainMessage({ role, content }: Pick<TemplateMessage, 'role' | 'content'>): ChatCompletionMessage {
  // Without tools a conversation has none of their results; they were written as a user's messages.
  return { role: role === 'tool' ? 'user' : role, content };
}

function nativeMessage(message: TemplateMessage): ChatCompletionMessage {
  const { role, content, tool_calls: calls, tool_call_id: id } = message;
  if (role === 'tool') return { role, content, tool_call_id: id ?? '' };
  if (role !== 'assistant' || !calls) return { role, content };
  return {
    role,
    content,
    tool_calls: calls.map(({ id, type, function: { name, arguments: value } }) => ({
      id,
      type,
      function: { name, arguments: typeof value === 'string' ? value : JSON.stringify(value) },
    })),
  };
}

function nativeTool({ type, function: given }: FunctionTool): NonNullable<ChatCompletionParams['tools']>[number] {
  const { name, description, parameters } = given;
  // wllama's type is narrower than the JSON schemas that llama.cpp takes.
  const schema = (parameters ?? { type: 'object', properties: {} }) as { type: 'object'; properties: never };
  return { type, function: { name, ...(description && { description }), parameters: schema } };
}
