import type { Answer } from './answer.ts';
import type { ServedModel } from './served-model.ts';

/** `GET /v1/models`: the one model that is open, by the name of its file. */
export function models(name: string, { model }: ServedModel): Answer {
  const card = { id: name, object: 'model', created: 0, owned_by: 'orilla', max_model_len: model.contextLength };
  return { type: 'json', body: { object: 'list', data: [card] } };
}
