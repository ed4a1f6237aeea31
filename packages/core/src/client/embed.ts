import {
  type EmbeddingRequest,
  type EmbeddingResponse,
  isAbortError,
  isOrillaError,
  OrillaError,
  type Privacy,
  permitsRelay,
  type WithOrillaRequest,
} from '@orilla/contract';
import { losses } from '../device/surviving-answer.ts';
import { readJson } from '../relay/read-json.ts';
import { chooseEmbeddingRoute } from './choose-route.ts';
import { requireRelay } from './make-context.ts';
import { effectivePrivacy, findModel, type OrillaContext } from './orilla-context.ts';
import type { CallOptions } from './orilla-options.ts';

/** Embeddings, and where they were made: the relay's answer is handed on as it comes. */
export type EmbeddingAnswer =
  | { readonly place: 'device'; readonly body: EmbeddingResponse }
  | { readonly place: 'relay'; readonly response: Response };

/** Makes embeddings on the device or at the relay. @throws as `openEmbeddings`; OrillaError `protocol.broken-stream` */
export async function embed(
  context: OrillaContext,
  body: WithOrillaRequest<EmbeddingRequest>,
  call: CallOptions,
): Promise<EmbeddingResponse> {
  const answer = await openEmbeddings(context, body, call);
  if (answer.place === 'device') return answer.body;
  return (await readJson(answer.response)) as EmbeddingResponse; // the relay vouches for OpenAI's shape
}

/**
 * Decides where embeddings are made, and has them made: on the device where the catalog has a package for it that can run here, else at the
 * relay. A device that can't or fails gives the request to the relay, where the label allows that. Vectors of the two places can be compared
 * where the catalog names the same model for both, which is its author's word.
 * @throws OrillaError where label, catalog, device or relay stand in the way; AbortError
 */
export async function openEmbeddings(
  context: OrillaContext,
  { orilla, ...request }: WithOrillaRequest<EmbeddingRequest>,
  call: CallOptions,
): Promise<EmbeddingAnswer> {
  const privacy = effectivePrivacy(context.privacy, { orilla }, call);
  const signal = call.signal ?? undefined;
  const model = findModel(context.catalog, request.model);
  const route = await chooseEmbeddingRoute(context, model, { privacy, signal });
  if (route.place === 'relay') return embedAtRelay(context, request, { model: route.model, privacy, signal });
  try {
    return { place: 'device', body: await embedOnDevice(context, request, { packageId: route.packageId, signal }) };
  } catch (error) {
    const relayModel = model.relay?.model;
    if (signal?.aborted || !mayMove(error) || !context.relay || relayModel === undefined || !permitsRelay(privacy))
      throw error;
    return embedAtRelay(context, request, { model: relayModel, privacy, signal });
  }
}

/** What nobody could answer is not sent on. */
function mayMove(error: unknown): boolean {
  return isOrillaError(error) && !isAbortError(error) && error.code !== 'protocol.bad-request';
}

/** Vectors are the same whenever they are made: what a lost engine has not told is asked once more of the one that is opened anew. */
async function embedOnDevice(
  { catalog, device }: OrillaContext,
  request: EmbeddingRequest,
  { packageId, signal }: { readonly packageId: string; readonly signal: AbortSignal | undefined },
): Promise<EmbeddingResponse> {
  const pkg = findModel(catalog, request.model).device.find(({ id }) => id === packageId);
  if (!device || !pkg)
    throw new OrillaError('engine.failed', 'The route names a package that this client does not have.');
  for (let isFirst = true; ; isFirst = false) {
    try {
      await device.load(pkg, { signal });
      return await device.embed(pkg.id, request, { signal });
    } catch (error) {
      if (!isFirst || signal?.aborted || !isOrillaError(error) || !losses.has(error.code)) throw error;
    }
  }
}

async function embedAtRelay(
  context: OrillaContext,
  request: EmbeddingRequest,
  call: { readonly model: string; readonly privacy: Privacy; readonly signal: AbortSignal | undefined },
): Promise<EmbeddingAnswer> {
  const { model, privacy, signal } = call;
  const body = { ...request, model };
  return { place: 'relay', response: await requireRelay(context).post({ path: '/embeddings', body, privacy, signal }) };
}
