import type { Feature } from '@orilla/contract';
import { chooseRelayRoute } from './choose-route.ts';
import { requireRelay } from './make-context.ts';
import { effectivePrivacy, findModel, type OrillaContext } from './orilla-context.ts';
import type { CallOptions } from './orilla-options.ts';

/** A kind of request that no engine answers on a device. */
export interface RelayOnly {
  /** Path below the relay's base address. */
  readonly path: '/completions' | '/embeddings';
  readonly needs: Feature;
}

export const relayOnly = {
  completions: { path: '/completions', needs: 'text-completion' },
  embeddings: { path: '/embeddings', needs: 'embeddings' },
} as const satisfies Record<string, RelayOnly>;

/**
 * Sends such a request to the relay, under the model's name there, and gives its answer as it comes.
 * @throws OrillaError where label, catalog or relay stand in the way; AbortError
 */
export async function forwardToRelay(
  context: OrillaContext,
  { path, needs }: RelayOnly,
  { orilla, ...body }: { readonly model: string; readonly orilla?: unknown },
  call: CallOptions,
): Promise<Response> {
  const privacy = effectivePrivacy(context.privacy, { orilla }, call);
  const route = chooseRelayRoute(context, findModel(context.catalog, body.model), { privacy, needs: [needs] });
  const signal = call.signal ?? undefined;
  return requireRelay(context).post({ path, body: { ...body, model: route.model }, privacy, signal });
}
