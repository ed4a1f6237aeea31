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
import type { CallOptions } from './orilla-options.ts';

/** What the drop-in fetch needs of a client. */
type OrillaCalls = Pick<Orilla, 'chat' | 'embeddings' | 'models'>;

/**
 * A `fetch` for OpenAI's own client: the request never leaves as it is, but goes through the same decision as every other call.
 * Only the path's end is looked at; other paths are 404, and nothing is ever sent to the client's base address.
 */
export async function dropInFetch(
  orilla: OrillaCalls,
  input: RequestInfo | URL,
  init?: RequestInit,
): Promise<Response> {
  const request = new Request(input instanceof Request ? input : new URL(String(input), 'http://orilla.invalid'), init);
  try {
    return await answer(orilla, request);
  } catch (error) {
    if (isAbortError(error) || request.signal.aborted) throw error;
    return errorResponse(error);
  }
}

async function answer(orilla: OrillaCalls, request: Request): Promise<Response> {
  const path = new URL(request.url).pathname;
  const options: CallOptions = { signal: request.signal, privacy: privacyOf(request) };
  if (request.method === 'GET' && path.endsWith('/models'))
    return Response.json({ object: 'list', data: orilla.models.list() });
  if (request.method === 'POST' && path.endsWith('/chat/completions')) {
    const body: WithOrillaRequest<ChatRequest> = await readJson(request);
    const result = await orilla.chat.completions.create(body, options);
    if (!(result instanceof ChatStream))
      return Response.json(result, { headers: { [headerNames.place]: placeOf(result) } });
    return new Response(eventStream(result), {
      headers: { 'Content-Type': 'text/event-stream; charset=utf-8', [headerNames.place]: result.route.place },
    });
  }
  if (request.method === 'POST' && path.endsWith('/embeddings')) {
    const body: EmbeddingRequest = await readJson(request);
    return Response.json(await orilla.embeddings.create(body, options), { headers: { [headerNames.place]: 'relay' } });
  }
  throw new OrillaError('protocol.unknown-route', 'Orilla answers /chat/completions, /embeddings and /models only.');
}

function privacyOf(request: Request): Privacy | undefined {
  const header = request.headers.get(headerNames.privacy);
  return header === null ? undefined : parsePrivacyHeader(header);
}

function placeOf(completion: { orilla?: { receipt: { parts: readonly { place: string }[] } } }): string {
  return completion.orilla?.receipt.parts[0]?.place ?? 'device';
}

// biome-ignore lint/suspicious/noExplicitAny: a body is what the OpenAI client typed; the place it runs checks it again
async function readJson(request: Request): Promise<any> {
  try {
    return await request.json();
  } catch (cause) {
    throw new OrillaError('protocol.bad-json', 'The request body is not JSON.', { cause });
  }
}

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
