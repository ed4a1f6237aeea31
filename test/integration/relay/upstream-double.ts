import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** A request as the double got it. */
export interface SeenRequest {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Record<string, unknown>;
  readonly response: ServerResponse;
  /** Resolves with the time when its connection was closed before the answer was complete, in ms. */
  readonly aborted: Promise<number>;
}

export interface UpstreamDouble {
  readonly url: URL;
  readonly seen: readonly SeenRequest[];
  /** Resolves with the next request that comes in. */
  readonly next: () => Promise<SeenRequest>;
}

/**
 * A real HTTP server that stands in for a model server where a real one can't be made to misbehave on demand. It answers
 * as `answer` says; the texts follow what vLLM, llama-server and others send.
 */
export async function startUpstreamDouble(answer: (seen: SeenRequest) => void): Promise<UpstreamDouble> {
  const seen: SeenRequest[] = [];
  const waiting: ((request: SeenRequest) => void)[] = [];
  const server = createServer(async (request, response) => {
    const aborted = new Promise<number>((resolve) => {
      response.on('close', () => {
        if (!response.writableFinished) resolve(performance.now());
      });
    });
    let text = '';
    for await (const chunk of request.setEncoding('utf8')) text += chunk;
    const body = text === '' ? {} : JSON.parse(text);
    const entry: SeenRequest = { path: request.url ?? '', headers: request.headers, body, response, aborted };
    seen.push(entry);
    answer(entry);
    waiting.shift()?.(entry);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo; // a TCP server that listens has no other kind
  return {
    url: new URL(`http://127.0.0.1:${port}`),
    seen,
    next: () => new Promise((resolve) => waiting.push(resolve)),
  };
}

export const usage = { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 };

/** A chunk of a streamed chat as servers send it. */
export function chunk(delta: Record<string, unknown>, finishReason: string | null = null, index = 0): string {
  return event({
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1_700_000_000,
    model: 'model-there',
    choices: [{ index, delta, finish_reason: finishReason }],
  });
}

export const usageChunk = (): string =>
  event({
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1_700_000_000,
    model: 'model-there',
    choices: [],
    usage,
  });

export const event = (data: unknown): string => `data: ${JSON.stringify(data)}\n\n`;
export const done = 'data: [DONE]\n\n';

export const completion = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1_700_000_000,
  model: 'model-there',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Paris.' }, finish_reason: 'stop' }],
  usage,
};

/** Answers like a model server in good health: streams where asked to, with usage where asked to. */
export function answerWell({ path, body, response }: SeenRequest): void {
  if (path.endsWith('/embeddings')) {
    const inputs = Array.isArray(body.input) ? body.input : [body.input];
    const data = inputs.map((_input, index) => ({ object: 'embedding', index, embedding: [0.5, -1.25, index] }));
    sendJson(response, 200, {
      object: 'list',
      data,
      model: 'model-there',
      usage: { prompt_tokens: 2, total_tokens: 2 },
    });
    return;
  }
  if (path.endsWith('/v1/completions')) {
    const choices = [{ index: 0, text: ' Paris.', finish_reason: 'stop', logprobs: null }];
    sendJson(response, 200, { ...completion, object: 'text_completion', choices });
    return;
  }
  if (body.stream !== true) {
    sendJson(response, 200, completion);
    return;
  }
  startStream(response);
  response.write(chunk({ role: 'assistant', content: '' }));
  response.write(chunk({ content: 'Par' }));
  response.write(chunk({ content: 'is.' }));
  response.write(chunk({}, 'stop'));
  if (JSON.stringify(body.stream_options ?? {}).includes('"include_usage":true')) response.write(usageChunk());
  response.end(done);
}

export function startStream(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
}

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
