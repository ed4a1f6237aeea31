import { type ChatRequest, OrillaError } from '@orilla/contract';
import type { ChatCompletionMessage, ChatCompletionParams } from '@wllama/wllama/esm/index.js';
import { argumentsSchema } from '../../text/grammar/call-ebnf.ts';
import { type TemplateMessage, templateMessages } from '../../text/template-messages.ts';
import { hermesMessages } from '../../text/tools/hermes-messages.ts';
import { type ToolFormat, takesTools, toolFormatOf } from '../../text/tools/tool-format.ts';
import type { ResponseFormat } from '../request/response-format.ts';
import type { SamplingSettings } from '../request/sampling-settings.ts';
import { type FunctionTool, toolsToCall } from '../request/tool-settings.ts';
import { schemaGrammar } from './schema-grammar.ts';

/** What llama.cpp is asked, beside how to sample. */
export interface ChatPlan {
  readonly chat: Pick<ChatCompletionParams, 'messages' | 'tools' | 'tool_choice' | 'response_format'> & {
    readonly parallel_tool_calls?: boolean;
    /** In GBNF: what the answer is kept to. */
    readonly grammar?: string;
  };
  /** How calls of tools stand in the text, unless llama.cpp tells them itself; `isForced`: a call is all that there is, without its marks. */
  readonly calls: { readonly format: ToolFormat; readonly isForced: boolean } | null;
}

/**
 * Plans how a request is put to llama.cpp. Where the model's template knows no tools, llama.cpp would drop them in silence: then they
 * are written into the messages. It doesn't see to it that a call comes that must come, either: then a grammar lets the model write nothing else.
 * @throws OrillaError `capability.unsupported`, `protocol.bad-request`
 */
export function chatPlan(
  request: ChatRequest,
  { tools, toolChoice, parallelToolCalls, responseFormat }: SamplingSettings,
  { template }: { readonly template: string | null },
): ChatPlan {
  const messages = templateMessages(request.messages);
  const format = formatOf(responseFormat);
  const hasCalls = tools.length > 0 || messages.some(({ role, tool_calls: calls }) => role === 'tool' || calls);
  if (!hasCalls) return { chat: { messages: messages.map(plainMessage), ...format }, calls: null };
  if (tools.length > 0 && responseFormat.type !== 'text')
    throw new OrillaError('capability.unsupported', 'The engine takes either tools or a response format.', {
      advice: 'Leave one of them out, or let the relay answer.',
      param: 'response_format',
    });
  const chosen = toolsToCall({ tools, toolChoice });
  if (chosen) {
    const written = hermesMessages(messages, chosen).map(plainMessage);
    return {
      chat: { messages: written, grammar: callGrammar(chosen) },
      calls: { format: 'hermes', isForced: true },
    };
  }
  const calls = tools.length > 0 ? { format: toolFormatOf(template ?? ''), isForced: false } : null;
  if (template === null || !takesTools(template))
    return { chat: { messages: hermesMessages(messages, tools).map(plainMessage), ...format }, calls };
  const shown = {
    tools: tools.map(nativeTool),
    tool_choice: 'auto' as const,
    parallel_tool_calls: parallelToolCalls,
  };
  return { chat: { messages: messages.map(nativeMessage), ...format, ...(calls && shown) }, calls };
}

function formatOf(format: ResponseFormat): Pick<ChatPlan['chat'], 'response_format' | 'grammar'> {
  if (format.type === 'text') return {};
  if (format.type === 'json_object') return { response_format: format };
  return { grammar: schemaGrammar(format.json_schema.schema, { type: 'json_schema' }) };
}

/** The JSON of one call. */
function callGrammar(tools: readonly FunctionTool[]): string {
  const calls = tools.map(({ function: { name, parameters } }) => ({
    type: 'object',
    properties: { name: { const: name }, arguments: argumentsSchema(parameters) },
    required: ['name', 'arguments'],
    additionalProperties: false,
  }));
  return schemaGrammar({ anyOf: calls }, { type: 'call' });
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
