import type { AnswerForm } from '../../text/grammar/answer-grammar.ts';
import type { ModelText } from '../../text/model-text.ts';
import { callTexts } from '../../text/tools/call-text.ts';
import { unsupportedField } from '../request/request-errors.ts';
import type { SamplingSettings } from '../request/sampling-settings.ts';
import { toolsToCall } from '../request/tool-settings.ts';

/**
 * What an answer has to be, if anything. A call that must come is all of it, and one call also where several are allowed.
 * @throws OrillaError `capability.unsupported` where this model's calls can't be forced
 */
export function answerForm(
  settings: Pick<SamplingSettings, 'tools' | 'toolChoice' | 'responseFormat'>,
  { toolFormat }: Pick<ModelText, 'toolFormat'>,
): AnswerForm {
  const tools = toolsToCall(settings);
  if (!tools) return settings.responseFormat;
  if (!callTexts[toolFormat]) throw unsupportedField('tool_choice');
  return { type: 'call', toolFormat, tools: tools.map((tool) => tool.function) };
}
