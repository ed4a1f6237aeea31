import {
  type ChatCompletionChunk,
  type ChatRequest,
  headerNames,
  isAbortError,
  isOrillaError,
  OrillaError,
  type Privacy,
  permitsRelay,
  type Receipt,
  type RequestPriority,
  type Route,
} from '@orilla/contract';
import { survivingAnswer } from '../device/surviving-answer.ts';
import { chooseRoute } from './choose-route.ts';
import type { AnswerTotals } from './device-chunks.ts';
import { loadPart } from './load-part.ts';
import { findModel, type OrillaContext } from './orilla-context.ts';

/** An answer that has begun: its first chunk is there, the rest follows. */
export interface OpenedAnswer {
  readonly route: Route;
  readonly head: { readonly id: string; readonly created: number; readonly model: string };
  readonly chunks: AsyncIterable<ChatCompletionChunk>;
  /** What happened so far. */
  receipt(): Receipt;
  /** Ends the computation where it runs, whether anything was read or not. */
  stop(): Promise<void>;
}

/** An answer before its first chunk was asked for. */
interface Opening {
  readonly route: Route;
  readonly head: OpenedAnswer['head'];
  readonly chunks: AsyncGenerator<ChatCompletionChunk, void, undefined>;
  receipt(): Receipt;
}

interface AnswerOptions {
  readonly privacy: Privacy;
  readonly signal?: AbortSignal | undefined;
  readonly priority?: RequestPriority | undefined;
}

/**
 * Decides, and begins the answer there. A device that fails before its first token gives the request to the relay, where the label
 * allows that; after the first token an error is an error.
 * @throws OrillaError; AbortError
 */
export async function openAnswer(
  context: OrillaContext,
  request: ChatRequest,
  options: AnswerOptions,
): Promise<OpenedAnswer> {
  const model = findModel(context.catalog, request.model);
  const route = await chooseRoute(context, model, request, options);
  if (route.place === 'relay') return openOnRelay(context, request, route, options);
  try {
    return await openOnDevice(context, request, route, options);
  } catch (error) {
    const relayModel = model.relay?.model;
    const mayMove = isOrillaError(error) && context.relay && relayModel !== undefined && permitsRelay(options.privacy);
    if (!mayMove || isAbortError(error) || options.signal?.aborted) throw error;
    const reasons = [...route.reasons, { rule: 'capability', verdict: 'device-failed', code: error.code } as const];
    return openOnRelay(context, request, { place: 'relay', model: relayModel, reasons }, options);
  }
}

async function openOnDevice(
  context: OrillaContext,
  request: ChatRequest,
  route: Extract<Route, { place: 'device' }>,
  { privacy, signal, priority }: AnswerOptions,
): Promise<OpenedAnswer> {
  const model = findModel(context.catalog, request.model);
  const pkg = model.device.find(({ id }) => id === route.packageId);
  const { device } = context;
  if (!device || !pkg)
    throw new OrillaError('engine.failed', 'The route names a package that this client does not have.');
  /** Where the decision, with what is known of the engines now, lets the answer go on. */
  const otherPackage = async () => {
    try {
      const next = await chooseRoute(context, model, request, { privacy, signal });
      return (next.place === 'device' && model.device.find(({ id }) => id === next.packageId)) || null;
    } catch (error) {
      // Nowhere to go: what went wrong before says more.
      if (isOrillaError(error)) return null;
      throw error;
    }
  };
  const totals: AnswerTotals = { parts: [], usage: null, finishReason: null };
  const head = newHead(context, request.model);
  // As below: a page that is answered by its relay never fetches it.
  const { deviceChunks } = await loadPart(() => import('./device-chunks.ts'));
  const events = survivingAnswer(request, { device, pkg, signal, priority, otherPackage });
  const chunks = deviceChunks(events, head, totals);
  return begin({ route, head, chunks, receipt: receiptOf(context, head.id, privacy, route, totals) }, { skip: 1 });
}

async function openOnRelay(
  context: OrillaContext,
  request: ChatRequest,
  route: Extract<Route, { place: 'relay' }>,
  { privacy, signal }: AnswerOptions,
): Promise<OpenedAnswer> {
  if (!context.relay)
    throw new OrillaError('routing.nowhere', 'The route names a relay that this client does not have.');
  const { orilla: _, ...body } = { orilla: undefined, ...request };
  const streamed = {
    ...body,
    model: route.model,
    stream: true,
    stream_options: { ...request.stream_options, include_usage: true },
  };
  // What reads streams is as large as all that decides: a page that is answered on its device never fetches it.
  const { relayChunks } = await loadPart(() => import('./relay-chunks.ts'));
  const response = await context.relay.post({ path: '/chat/completions', body: streamed, privacy, signal });
  const totals: AnswerTotals = { parts: [], usage: null, finishReason: null };
  const head = newHead(context, request.model);
  const chunks = relayChunks(response, { head, model: route.model, totals });
  // The relay's own name for the request, so that a receipt can be found in its log.
  const requestId = response.headers.get(headerNames.requestId) ?? head.id;
  return begin({ route, head, chunks, receipt: receiptOf(context, requestId, privacy, route, totals) }, { skip: 0 });
}

/** Pulls chunks until one more than `skip` is there, so that what fails before the first token fails here. */
async function begin(answer: Opening, { skip }: { readonly skip: number }): Promise<OpenedAnswer> {
  const first: ChatCompletionChunk[] = [];
  while (first.length <= skip) {
    const { done, value } = await answer.chunks.next();
    if (done) break;
    first.push(value);
  }
  const { chunks } = answer;
  return {
    ...answer,
    chunks: resume(first, chunks),
    stop: async () => {
      await chunks.return();
    },
  };
}

async function* resume(
  first: readonly ChatCompletionChunk[],
  rest: AsyncGenerator<ChatCompletionChunk, void, undefined>,
): AsyncGenerator<ChatCompletionChunk, void, undefined> {
  yield* first;
  yield* rest;
}

function newHead({ randomId, now }: OrillaContext, model: string): OpenedAnswer['head'] {
  return { id: `chatcmpl-${randomId()}`, created: Math.floor(now() / 1000), model };
}

function receiptOf(
  { now }: OrillaContext,
  requestId: string,
  privacy: Privacy,
  route: Route,
  totals: AnswerTotals,
): () => Receipt {
  const startedAt = new Date(now()).toISOString();
  return () => ({
    requestId,
    startedAt,
    privacy,
    reasons: route.reasons,
    parts: totals.parts,
    usage: totals.usage,
    finishReason: totals.finishReason,
  });
}
