import {
  type CatalogModel,
  type ChatRequest,
  type DeviceFacts,
  type DevicePackage,
  type Feature,
  isAbortError,
  isOrillaError,
  type Privacy,
  permitsRelay,
  type Route,
} from '@orilla/contract';
import { decideRoute } from '../routing/decide-route.ts';
import { nowhereError } from '../routing/nowhere-error.ts';
import { answerTokens, promptBound } from '../routing/prompt-bound.ts';
import { requestNeeds } from '../routing/request-needs.ts';
import type { RouteQuestion } from '../routing/route-question.ts';
import type { OrillaContext } from './orilla-context.ts';

/** Where one chat request goes. Gathers the facts that the pure decision asks for, the costly ones only when it asks. */
export async function chooseRoute(
  context: OrillaContext,
  model: CatalogModel,
  request: ChatRequest,
  { privacy, signal }: { readonly privacy: Privacy; readonly signal?: AbortSignal | undefined },
): Promise<Route> {
  const question: RouteQuestion = {
    privacy,
    needs: requestNeeds(request),
    promptTokens: promptBound(request),
    maxTokens: answerTokens(request),
    packages: model.device,
    relayModel: context.relay && model.relay ? model.relay.model : null,
    canCount: true,
    openPackage: openPackage(context),
    nowMs: context.now(),
    ...(await deviceFacts(context, model, signal)),
  };
  let decision = decideRoute(question);
  if (decision.verdict === 'count-first') {
    const exact = await countTokens(context, decision.package, request, { privacy, signal });
    const counted = exact === null ? question.promptTokens : { exact };
    decision = decideRoute({ ...question, promptTokens: counted, canCount: false });
  }
  if (decision.verdict === 'go') return decision.route;
  throw nowhereError(decision.verdict === 'nowhere' ? decision.reasons : []);
}

/**
 * Where a request for embeddings goes. Its texts are not counted: where one is too long for the device's model, the device says so before it
 * computes.
 */
export async function chooseEmbeddingRoute(
  context: OrillaContext,
  model: CatalogModel,
  { privacy, signal }: { readonly privacy: Privacy; readonly signal?: AbortSignal | undefined },
): Promise<Route> {
  const decision = decideRoute({
    privacy,
    needs: ['embeddings'],
    promptTokens: { exact: 0 },
    maxTokens: 0,
    packages: model.device,
    relayModel: context.relay && model.relay ? model.relay.model : null,
    canCount: false,
    openPackage: openPackage(context),
    nowMs: context.now(),
    ...(await deviceFacts(context, model, signal)),
  });
  if (decision.verdict === 'go') return decision.route;
  throw nowhereError(decision.verdict === 'nowhere' ? decision.reasons : []);
}

/** Where a request goes that no engine serves on a device: to the relay, or nowhere. */
export function chooseRelayRoute(
  { relay }: OrillaContext,
  model: CatalogModel,
  { privacy, needs }: { readonly privacy: Privacy; readonly needs: readonly Feature[] },
): Route {
  const decision = decideRoute({
    privacy,
    needs,
    promptTokens: { exact: 0 },
    maxTokens: 0,
    device: null,
    packages: [],
    relayModel: relay && model.relay ? model.relay.model : null,
    canCount: false,
  });
  if (decision.verdict === 'go') return decision.route;
  throw nowhereError(decision.verdict === 'nowhere' ? decision.reasons : []);
}

async function deviceFacts(
  { device, deviceMissing }: OrillaContext,
  model: CatalogModel,
  signal: AbortSignal | undefined,
): Promise<{ device: DeviceFacts | null; deviceMissing: string }> {
  if (!device || model.device.length === 0) return { device: null, deviceMissing };
  try {
    return { device: await device.facts({ signal, learnMemory: true }), deviceMissing };
  } catch (error) {
    if (!isOrillaError(error)) throw error;
    return { device: null, deviceMissing: `a worker that starts (${error.code})` };
  }
}

function openPackage({ device }: OrillaContext): string | null {
  const state = device?.state;
  return state?.status === 'ready' ? state.packageId : null;
}

/** The exact count, or `null` where it can't be had: the bound then decides. */
async function countTokens(
  { device }: OrillaContext,
  pkg: DevicePackage,
  request: ChatRequest,
  { privacy, signal }: { readonly privacy: Privacy; readonly signal?: AbortSignal | undefined },
): Promise<number | null> {
  if (!device) return null;
  try {
    return await device.countTokens(pkg, request.messages, { signal });
  } catch (error) {
    if (isAbortError(error) || signal?.aborted) throw error;
    if (permitsRelay(privacy)) return null;
  }
  // Only the device may answer: with the package here, its vocabulary can be read and the count is exact.
  await device.load(pkg, { signal });
  return device.countTokens(pkg, request.messages, { signal });
}
