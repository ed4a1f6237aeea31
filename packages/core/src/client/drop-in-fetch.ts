import {
  type ChatRequest,
  type EmbeddingRequest,
  headerNames,
  isAbortError,
  isOrillaError,
  OrillaError,
  type Privacy,
  parsePrivacyHeader,
  toWireError,
  type WithOrillaRequest,
} from '@orilla/contract';
import { ChatStream } from './chat-stream.ts';
import type { Orilla } from './create-orilla.ts';
import { openEmbeddings } from './embed.ts';
import { forwardCompletion } from './forward-to-relay.ts';
import type { OrillaContext } from './orilla-context.ts';
import type { CallOptions } from './orilla-options.ts';

/** What the drop-in fetch needs of a client. */
type OrillaCalls = Pick<Orilla, 'chat' | 'models'>;

/**
 * A `fetch` for OpenAI's own client: the request never leaves as it is, but goes through the same decision as every other call.
 * Only the path's end is looked at; other paths are 404, and nothing is ever sent to the client's base address.
 */
export async function dropInFetch(
  orilla: OrillaCalls,
  context: OrillaContext,
  input: RequestInfo | URL,
  init?: RequestInit,
): Promise<Response> {
  const request = new Request(input instanceof Request ? input : new URL(String(input), 'http://orilla.invalid'), init);
  try {
    return await answer(orilla, context, request);
  } catch (error) {
    if (isAbortError(error) || request.signal.aborted) throw error;
    return errorResponse(error);
  }
}

async function answer(orilla: OrillaCalls, context: OrillaContext, request: Request): Promise<Response> {
  const path = new URL(request.url).pathname;
  const options: CallOptions = { signal: request.signal, privacy: privacyOf(request) };
  if (request.method === 'GET') return answerModels(orilla, path);
  if (request.method === 'POST' && path.endsWith('/chat/completions')) {
    return answerChat(orilla, readChatRequest(await readBody(request)), options);
  }
  if (request.method === 'POST' && path.endsWith('/completions')) {
    const body = await readBody(request);
    return fromRelay(await forwardCompletion(context, { ...body, model: text(body.model, 'model') }, options));
  }
  if (request.method === 'POST' && path.endsWith('/embeddings')) {
    return answerEmbeddings(context, await readBody(request), options);
  }
  throw unknownPath();
}

async function answerEmbeddings(context: OrillaContext, body: Body, options: CallOptions): Promise<Response> {
  // Whoever answers checks the input.
  const input = body.input as EmbeddingRequest['input'];
  const answer = await openEmbeddings(context, { ...body, model: text(body.model, 'model'), input }, options);
  if (answer.place === 'relay') return fromRelay(answer.response);
  return Response.json(answer.body, { headers: { [headerNames.place]: 'device' } });
}

function fromRelay(response: Response): Response {
  const headers = {
    'Content-Type': response.headers.get('content-type') ?? 'application/json',
    [headerNames.place]: 'relay',
  };
  return new Response(response.body, { headers });
}

function answerModels({ models }: OrillaCalls, path: string): Response {
  const data = models.list();
  if (path.endsWith('/models')) return Response.json({ object: 'list', data });
  const [, name] = /\/models\/([^/]+)$/.exec(path) ?? [];
  if (name === undefined) throw unknownPath();
  const model = data.find(({ id }) => encodeURIComponent(id) === name || id === name);
  if (model) return Response.json(model);
  throw new OrillaError('catalog.unknown-model', 'This app has no model of this name.', { param: 'model' });
}

async function answerChat(
  { chat }: OrillaCalls,
  body: WithOrillaRequest<ChatRequest>,
  options: CallOptions,
): Promise<Response> {
  const result = await chat.completions.create(body, options);
  if (!(result instanceof ChatStream))
    return Response.json(result, { headers: { [headerNames.place]: placeOf(result) } });
  return new Response(eventStream(result), {
    headers: { 'Content-Type': 'text/event-stream; charset=utf-8', [headerNames.place]: result.route.place },
  });
}

function privacyOf(request: Request): Privacy | undefined {
  const header = request.headers.get(headerNames.privacy);
  return header === null ? undefined : parsePrivacyHeader(header);
}

function placeOf(completion: { orilla?: { receipt: { parts: readonly { place: string }[] } } }): string {
  return completion.orilla?.receipt.parts[0]?.place ?? 'device';
}

type Body = Readonly<Record<string, unknown>>;

async function readBody(request: Request): Promise<Body> {
  let body: unknown;
  try {
    body = await request.json();
  } catch (cause) {
    throw new OrillaError('protocol.bad-json', 'The request body is not JSON.', { cause });
  }
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return { ...body };
  throw badRequest('its body must be an object');
}

function readChatRequest(body: Body): WithOrillaRequest<ChatRequest> {
  text(body.model, 'model');
  const { messages } = body;
  const areMessages =
    Array.isArray(messages) && messages.every((item) => typeof item === 'object' && item !== null && 'role' in item);
  if (!areMessages) throw badRequest('`messages` must be a list of messages', 'messages');
  // Model and messages are there; every other field is checked by the place that the request runs in.
  return body as unknown as WithOrillaRequest<ChatRequest>;
}

function text(value: unknown, param: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw badRequest(`\`${param}\` must be a text`, param);
}

const badRequest = (why: string, param?: string) =>
  new OrillaError('protocol.bad-request', `The request can't be used: ${why}.`, { param });

const unknownPath = () =>
  new OrillaError(
    'protocol.unknown-route',
    'Orilla answers /chat/completions, /completions, /embeddings and /models only.',
  );

/** Writes a stream as server-sent events. An error after the first byte is an error event, and no `[DONE]` follows it. */
function eventStream(stream: ChatStream): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const iterator = stream[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await iterator.next();
        controller.enqueue(encoder.encode(`data: ${done ? '[DONE]' : JSON.stringify(value)}\n\n`));
        if (done) controller.close();
      } catch (error) {
        if (isAbortError(error)) return controller.error(error);
        controller.enqueue(encoder.encode(`data: ${JSON.stringify(toWireError(asOrillaError(error)))}\n\n`));
        controller.close();
      }
    },
    async cancel() {
      stream.controller.abort();
      await iterator.return?.();
    },
  });
}

function errorResponse(error: unknown): Response {
  const known = asOrillaError(error);
  // The client would send the whole request again; what is retryable here was settled before the first byte already.
  return Response.json(toWireError(known), { status: known.status, headers: { 'x-should-retry': 'false' } });
}

function asOrillaError(error: unknown): OrillaError {
  return isOrillaError(error) ? error : new OrillaError('engine.failed', 'The request failed.', { cause: error });
}
