import { appRoutes } from '../app/app-routes.ts';
import type { RelayConfig } from '../config/relay-config.ts';
import { catalogRoutes } from './catalog-routes.ts';
import { type HealthOptions, healthRoutes } from './health-routes.ts';
import { type InferenceOptions, inferenceRoutes } from './inference-routes.ts';
import { type ModelsOptions, modelsRoutes } from './models-routes.ts';
import type { Route } from './route-table.ts';

/** Everything that a relay answers, and nothing else. */
export function relayRoutes(
  config: Pick<RelayConfig, 'app' | 'catalog'>,
  options: InferenceOptions & ModelsOptions & HealthOptions & { readonly mirror: readonly Route[] },
): readonly Route[] {
  return [
    ...inferenceRoutes(options),
    ...modelsRoutes(options),
    ...healthRoutes(options),
    ...catalogRoutes(config.catalog),
    ...options.mirror,
    ...(config.app ? appRoutes(config.app) : []),
  ];
}
