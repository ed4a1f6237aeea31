import { chooseRelayRoute } from './choose-route.ts';
import { requireRelay } from './make-context.ts';
import { effectivePrivacy, findModel, type OrillaContext } from './orilla-context.ts';
import type { CallOptions } from './orilla-options.ts';

/**
 * Sends a plain completion, which no engine makes on a device, to the relay, under the model's name there, and gives its answer as it comes.
 * @throws OrillaError where label, catalog or relay stand in the way; AbortError
 */
export async function forwardCompletion(
  context: OrillaContext,
  { orilla, ...body }: { readonly model: string; readonly orilla?: unknown },
  call: CallOptions,
): Promise<Response> {
  const privacy = effectivePrivacy(context.privacy, { orilla }, call);
  const route = chooseRelayRoute(context, findModel(context.catalog, body.model), {
    privacy,
    needs: ['text-completion'],
  });
  const signal = call.signal ?? undefined;
  return requireRelay(context).post({ path: '/completions', body: { ...body, model: route.model }, privacy, signal });
}
