import type { Answer } from './answer.ts';
import { badField, type Fields, refuseOthers, unsupported } from './fields.ts';
import { readMessages } from './read-messages.ts';
import type { ServedModel } from './served-model.ts';

/** `POST /tokenize`, in vLLM's form: of a text, or of messages as the chat template writes them. @throws OrillaError */
export function tokenize(fields: Fields, { model, chatPrompt }: ServedModel): Answer {
  refuseOthers(fields, ['model', 'prompt', 'messages'], []);
  const tokens = model.tokenize(readText(fields, chatPrompt));
  return { type: 'json', body: { count: tokens.length, max_model_len: model.contextLength, tokens } };
}

function readText(fields: Fields, chatPrompt: ServedModel['chatPrompt']): string {
  if (fields.messages === undefined) {
    if (typeof fields.prompt !== 'string') throw badField('prompt', 'must be a text');
    return fields.prompt;
  }
  if (!chatPrompt) throw unsupported('messages', 'need a chat template, which this model does not have');
  return chatPrompt(readMessages(fields));
}
