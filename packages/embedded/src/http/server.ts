import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { isAbortError, isOrillaError, OrillaError } from '@orilla/contract';
import type { Answer } from '../api/answer.ts';
import { chatCompletions } from '../api/chat-completions.ts';
import { embeddings } from '../api/embeddings.ts';
import type { Fields } from '../api/fields.ts';
import { models } from '../api/models.ts';
import type { ServedModel } from '../api/served-model.ts';
import { textCompletions } from '../api/text-completions.ts';
import { tokenize } from '../api/tokenize.ts';
import { readJson } from './read-json.ts';
import { writeAnswer, writeError } from './write-answer.ts';

type Handle = (
  fields: Fields,
  served: ServedModel,
  options: { readonly signal: AbortSignal },
) => Answer | Promise<Answer>;

const posts: Readonly<Record<string, Handle>> = {
  '/v1/chat/completions': chatCompletions,
  '/v1/completions': textCompletions,
  '/v1/embeddings': embeddings,
  '/tokenize': tokenize,
};

export interface ServerOptions {
  readonly modelName: string;
  /** Told about a failure that is this program's own. Never about a request's content. */
  readonly onFailure: (error: unknown) => void;
}

/** The model server. It trusts who connects to have checked keys and hosts: it is to be bound to a private socket only. */
export function createModelServer(served: ServedModel, options: ServerOptions): Server {
  // Its one client keeps connections open; a connection closed here just as it is used there would fail a request.
  const server = createServer({ keepAliveTimeout: 600_000, requestTimeout: 60_000 }, (request, response) => {
    void serve(request, response, served, options);
  });
  return server;
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  served: ServedModel,
  { modelName, onFailure }: ServerOptions,
): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const { signal } = gone;
  try {
    await writeAnswer(response, await dispatch(request, served, modelName, signal), { signal });
  } catch (error) {
    if (isAbortError(error)) return; // who asked has left, so there is nobody to tell
    if (!isOrillaError(error)) onFailure(error);
    writeError(response, isOrillaError(error) ? error : failed(error));
  }
}

async function dispatch(
  request: IncomingMessage,
  served: ServedModel,
  modelName: string,
  signal: AbortSignal,
): Promise<Answer> {
  const [path = ''] = (request.url ?? '').split('?', 1);
  if (request.method === 'GET' && path === '/health') return { type: 'json', body: { status: 'ok' } };
  if (request.method === 'GET' && path === '/v1/models') return models(modelName, served);
  const handle = Object.hasOwn(posts, path) ? posts[path] : undefined;
  if (!handle || request.method !== 'POST')
    throw new OrillaError('protocol.unknown-route', 'The embedded upstream has no such route.');
  return handle(await readJson(request, served.model.contextLength), served, { signal });
}

function failed(cause: unknown): OrillaError {
  return new OrillaError('engine.failed', 'The embedded upstream could not compute the answer.', {
    advice: 'Try again; if it stays like this, restart the relay.',
    cause,
  });
}
