import type { Catalog } from '@orilla/contract';
import { answerWithText } from './answer.ts';
import type { Route } from './route-table.ts';

/** The models that this organization's apps may use. Open, as the app itself is; absent where none is configured. */
export function catalogRoutes(catalog: Catalog | undefined): readonly Route[] {
  if (!catalog) return [];
  const json = JSON.stringify(catalog);
  return [
    {
      method: 'GET',
      path: '/orilla/v1/catalog',
      access: 'open',
      handle: ({ response }) => {
        response.setHeader('Cache-Control', 'no-cache');
        answerWithText(response, 200, json);
      },
    },
  ];
}
