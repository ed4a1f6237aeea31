import { type HealthOptions, healthRoutes } from './health-routes.ts';
import { type InferenceOptions, inferenceRoutes } from './inference-routes.ts';
import { type ModelsOptions, modelsRoutes } from './models-routes.ts';
import type { Route } from './route-table.ts';

/** Everything that a relay answers, and nothing else. */
export function relayRoutes(options: InferenceOptions & ModelsOptions & HealthOptions): readonly Route[] {
  return [...inferenceRoutes(options), ...modelsRoutes(options), ...healthRoutes(options)];
}
