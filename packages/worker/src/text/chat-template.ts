import { Template } from '@huggingface/jinja';
import { type ChatRequest, OrillaError } from '@orilla/contract';
import { templateMessages } from './template-messages.ts';
import { hermesMessages } from './tools/hermes-messages.ts';
import { templateTools } from './tools/template-tools.ts';
import { type ToolFormat, takesTools, toolFormatOf } from './tools/tool-format.ts';

/** What of a request becomes the prompt. */
export type ChatPrompt = Pick<ChatRequest, 'messages' | 'tools' | 'tool_choice'>;

export interface ChatTemplate {
  readonly toolFormat: ToolFormat;
  /** @throws OrillaError `capability.unsupported`, `protocol.bad-request` */
  render(prompt: ChatPrompt): string;
}

/**
 * A chat template in Jinja, as models bring it.
 * @throws OrillaError `engine.load-failed` where it is none
 */
export function chatTemplate(
  source: string,
  marks: { readonly bosToken: string; readonly eosToken: string },
): ChatTemplate {
  const template = parse(source);
  const knowsTools = takesTools(source);
  const fixed = { bos_token: marks.bosToken, eos_token: marks.eosToken, add_generation_prompt: true };
  return {
    toolFormat: toolFormatOf(source),
    render(prompt) {
      const messages = templateMessages(prompt.messages);
      const tools = templateTools(prompt);
      if (!knowsTools) return render(template, { ...fixed, messages: hermesMessages(messages, tools) });
      return render(template, { ...fixed, messages, ...(tools.length > 0 && { tools }) });
    },
  };
}

function parse(source: string): Template {
  try {
    return new Template(source);
  } catch (cause) {
    throw new OrillaError('engine.load-failed', "The model's chat template can't be read.", {
      advice: 'Make the package again with a chat template in Jinja.',
      cause,
    });
  }
}

function render(template: Template, context: Record<string, unknown>): string {
  try {
    return template.render(context);
  } catch {
    // A template's own complaint may quote the messages; it goes no further.
    throw new OrillaError('capability.unsupported', "The model's chat template can't take these messages.", {
      advice: 'Let user and assistant take turns, with at most one system message at the beginning.',
      param: 'messages',
    });
  }
}
