import { permitsUpstream } from '@orilla/contract';
import type { Principal } from '../access/principal.ts';
import type { ServedModel } from '../upstreams/permitted-upstreams.ts';
import { answerWithJson } from './answer.ts';
import { decodePath } from './decode-path.ts';
import type { Route } from './route-table.ts';
import { unknownModel } from './unknown-model.ts';

export interface ModelsOptions {
  readonly models: ReadonlyMap<string, ServedModel>;
  /** Seconds since the Unix epoch, told as every model's `created`. */
  readonly createdSeconds: number;
}

/** The list of models, of those whose upstreams the caller's label can ever permit. Nothing about the upstreams themselves. */
export function modelsRoutes({ models, createdSeconds }: ModelsOptions): readonly Route[] {
  const card = ({ name, contextLength }: ServedModel) => ({
    id: name,
    object: 'model',
    created: createdSeconds,
    owned_by: 'orilla',
    ...(contextLength !== undefined && { max_model_len: contextLength }),
  });
  return [
    {
      method: 'GET',
      path: '/v1/models',
      access: 'key',
      handle: ({ response, principal }) => {
        const data = [...models.values()].filter((model) => mayEverUse(principal, model)).map(card);
        answerWithJson(response, 200, { object: 'list', data });
      },
    },
    {
      method: 'GET',
      path: '/v1/models/*',
      access: 'key',
      handle: ({ response, principal, rest }) => {
        const id = decodePath(rest);
        const model = id === undefined ? undefined : models.get(id);
        if (!model || !mayEverUse(principal, model)) throw unknownModel();
        answerWithJson(response, 200, card(model));
      },
    },
  ];
}

function mayEverUse(principal: Principal, model: ServedModel): boolean {
  return model.candidates.some(({ upstream }) => permitsUpstream(principal.ceiling, upstream.config));
}
