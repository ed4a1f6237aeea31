import { appRoutes } from '../app/app-routes.ts';
import type { RelayConfig } from '../config/relay-config.ts';
import type { Mirror } from '../mirror/open-mirror.ts';
import { catalogRoutes } from './catalog-routes.ts';
import { type HealthOptions, healthRoutes } from './health-routes.ts';
import { type InferenceOptions, inferenceRoutes } from './inference-routes.ts';
import { type ModelsOptions, modelsRoutes } from './models-routes.ts';
import type { Route } from './route-table.ts';

/** Everything that a relay answers, and nothing else. */
export function relayRoutes(
  config: Pick<RelayConfig, 'app' | 'catalog'>,
  options: InferenceOptions & ModelsOptions & HealthOptions & { readonly mirror: Mirror | undefined },
): readonly Route[] {
  const { app } = config;
  const { mirror } = options;
  return [
    ...inferenceRoutes(options),
    ...modelsRoutes(options),
    ...healthRoutes(options),
    ...catalogRoutes(config.catalog),
    ...(mirror?.routes ?? []),
    // A page that may not load from where the mirror sends it could not follow.
    ...(app ? appRoutes({ ...app, connect: [...app.connect, ...(mirror?.origins ?? [])] }) : []),
  ];
}
